package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** Rows that the entries of an index lead to, wherever they lie. */
final class LedRows implements OuterRows {
    private final PageSource known;
    private final IndexLeaf leaf;
    private final boolean isDescending;
    private final int first;
    private final JoinColumn column;
    private final RecordColumns row = new RecordColumns();

    /** Those from the row on that the reader is at. */
    LedRows(PageSource known, IndexLeaf leaf, JoinColumn column) {
        this.known = known;
        this.leaf = leaf;
        this.isDescending = leaf.isDescending;
        this.first = leaf.at;
        this.column = column;
    }

    @Override
    public boolean has(int i) {
        return i < size();
    }

    @Override
    public int size() {
        return leaf.size() - first;
    }

    @Override
    public @Nullable RecordColumns value(int i) {
        long pgno = leaf.pageOf(first + i);
        byte[] page = pgno == 0 ? null : known.peek(pgno);
        return page != null && leaf.readRow(first + i, page, pgno, row) ? column.valueOf(row) : null;
    }

    @Override
    public boolean areValid() {
        return leaf.isDescending == isDescending && leaf.at >= first;
    }
}
