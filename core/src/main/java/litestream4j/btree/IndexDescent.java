package litestream4j.btree;

import java.util.Arrays;

/**
 * The way from the root of an index, or of a WITHOUT ROWID table, to the entries that begin with a value, as far as the
 * pages are in memory. Goes by the order of bytes, upwards: in a tree of another order it leads elsewhere.
 *
 * <p>Used by one thread at a time.
 */
final class IndexDescent {
    private final PagesByDepth pages;
    private final RecordColumns entry = new RecordColumns();
    private boolean arrived;

    IndexDescent(PagesByDepth pages) {
        this.pages = pages;
    }

    /** Returns the leaf where a search for a value ends, or the first page on the way not in memory; 0 if damaged. */
    long pageOf(long root, RecordColumns value) {
        arrived = false;
        long pgno = root;
        for (int depth = 0; depth < PagesByDepth.DEPTH_MAX && pgno != 0; depth++) {
            byte[] page = pages.at(depth, pgno);
            if (page == null) {
                return pgno;
            }
            int kind = BtreePage.kind(page, pgno);
            if (kind == BtreePage.LEAF_INDEX) {
                arrived = true;
                return pgno;
            }
            if (kind != BtreePage.INTERIOR_INDEX) {
                return 0;
            }
            int place = place(page, pgno, value);
            pgno = place < 0 ? 0 : BtreePage.child(page, pgno, place, BtreePage.cells(page, pgno));
        }
        return 0;
    }

    /** Tells whether the page that {@link #pageOf} returned last is a leaf, and in memory. */
    boolean hasArrived() {
        return arrived;
    }

    /** Returns the numbers of the rows that the first entries of a leaf with a value lead to, so many at most. */
    long[] rowids(byte[] page, long pgno, RecordColumns value, int most) {
        int place = BtreePage.kind(page, pgno) == BtreePage.LEAF_INDEX ? place(page, pgno, value) : -1;
        int count = place < 0 ? 0 : Math.min(most, BtreePage.cells(page, pgno) - place);
        long[] rowids = new long[count];
        for (int i = 0; i < count; i++) {
            int last = entry.readEntry(page, pgno, place + i) ? entry.columns() - 1 : 0;
            if (last < 1 || !entry.isInteger(last) || value.compare(0, entry, 0) != 0) {
                return Arrays.copyOf(rowids, i);
            }
            rowids[i] = entry.integer(last);
        }
        return rowids;
    }

    /** Returns the first cell of a page that is not before a value, or their number; -1 if the page is damaged. */
    private int place(byte[] page, long pgno, RecordColumns value) {
        int link = BtreePage.isInterior(page, pgno) ? Integer.BYTES : 0;
        int low = 0;
        int high = BtreePage.cells(page, pgno);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (!entry.readKey(page, BtreePage.cell(page, pgno, middle) + link, 1)) {
                return -1;
            }
            if (value.compare(0, entry, 0) <= 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
