package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** The values by which a search in a b-tree comes to one child of an interior page: above one, up to another. */
final class KeyRange {
    private final RecordColumns above;
    private final RecordColumns upTo;
    private final boolean isIndex;

    private KeyRange(RecordColumns above, RecordColumns upTo, boolean isIndex) {
        this.above = above;
        this.upTo = upTo;
        this.isIndex = isIndex;
    }

    /** Returns that of a child; null if it is open at one end, or not known. */
    static @Nullable KeyRange of(InteriorPage parent, long child, PageSource known) {
        int position = parent.positionOf(child);
        RecordColumns above = position < 0 ? null : keyBefore(parent, position, known);
        RecordColumns upTo = above == null ? null : keyBefore(parent, position + 1, known);
        return above == null || upTo == null ? null : new KeyRange(above, upTo, parent.isIndex);
    }

    /** Returns the key between two children, or the one before the first or behind the last, which stands above. */
    private static @Nullable RecordColumns keyBefore(InteriorPage parent, int position, PageSource known) {
        InteriorPage page = parent;
        int cell = position - 1;
        for (int depth = 0; depth < InteriorTrail.DEPTH_MAX; depth++) {
            if (cell >= 0 && cell < page.children.length - 1) {
                return key(page, cell, known);
            }
            InteriorPage above = page.above;
            if (above == null) {
                return null;
            }
            cell = cell < 0 ? page.placeAbove - 1 : page.placeAbove;
            page = above;
        }
        return null;
    }

    private static @Nullable RecordColumns key(InteriorPage page, int cell, PageSource known) {
        byte[] image = known.peek(page.pgno);
        if (image == null || !BtreePage.isInterior(image, page.pgno) || cell >= BtreePage.cells(image, page.pgno)) {
            return null;
        }
        int at = BtreePage.cell(image, page.pgno, cell) + Integer.BYTES;
        if (!page.isIndex) {
            return Varint.length(image, at) == 0 ? null : RecordColumns.ofInteger(Varint.value(image, at));
        }
        RecordColumns key = new RecordColumns();
        return key.readKey(image, at, 1) && key.hasValue(0) ? key.only(0) : null;
    }

    /** Tells whether the number of a row leads to the child. */
    boolean contains(long rowid) {
        return above.isInteger(0) && upTo.isInteger(0) && rowid > above.integer(0) && rowid <= upTo.integer(0);
    }

    /** Tells whether a column of a record has a value that leads to the child. */
    boolean contains(RecordColumns row, int column) {
        return row.hasValue(column)
                && (isIndex || row.isInteger(column))
                && row.compare(column, above, 0) > 0
                && row.compare(column, upTo, 0) <= 0;
    }
}
