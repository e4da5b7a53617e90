package litestream4j.btree;

/**
 * The way from the root of a table to a row, as far as the pages are in memory.
 *
 * <p>Used by one thread at a time.
 */
final class TableDescent {
    private final PagesByDepth pages;

    private long table;

    /** Interior pages above each leaf of the table; -1 if that is not known. */
    private int height = -1;

    private boolean arrived;

    TableDescent(PagesByDepth pages) {
        this.pages = pages;
    }

    /** Forgets the last table: the view may be another one by now. */
    void begin() {
        table = 0;
    }

    /** Returns the page that holds a row, or the first one on the way there that is not in memory; 0 if none does. */
    long pageOf(long root, long rowid) {
        if (root != table) {
            table = root;
            height = -1;
        }
        arrived = false;
        long pgno = root;
        for (int depth = 0; depth < PagesByDepth.DEPTH_MAX && pgno != 0; depth++) {
            byte[] page = depth == height ? null : pages.at(depth, pgno);
            if (page == null) {
                arrived = depth == height;
                return pgno;
            }
            int kind = BtreePage.kind(page, pgno);
            if (kind == BtreePage.LEAF_TABLE) {
                height = depth;
                arrived = true;
                return pgno;
            }
            pgno = kind == BtreePage.INTERIOR_TABLE ? BtreePage.childFor(page, pgno, rowid) : 0;
        }
        return 0;
    }

    /** Tells whether the page that {@link #pageOf} returned last is known to be a leaf. */
    boolean hasArrived() {
        return arrived;
    }
}
