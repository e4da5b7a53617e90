package litestream4j.btree;

import java.util.Arrays;

/**
 * The way from the root of a table to a row, as far as the pages are in memory. Many rows are looked up at a time,
 * whose ways begin in the same pages, so the last way is remembered.
 *
 * <p>Used by one thread at a time.
 */
final class TableDescent {
    /** A tree is less deep; damaged pages may name each other. */
    private static final int DEPTH_MAX = 16;

    private final PageSource known;

    /** The pages of the last way, and copies of them. */
    private final long[] way = new long[DEPTH_MAX];

    private final byte[][] images = new byte[DEPTH_MAX][0];

    private long table;

    /** Interior pages above each leaf of the table; -1 if that is not known. */
    private int height = -1;

    TableDescent(PageSource known) {
        this.known = known;
    }

    /** Forgets the last way: the view may be another one by now. */
    void begin() {
        Arrays.fill(way, 0);
        table = 0;
    }

    /** Returns the page that holds a row, or the first one on the way there that is not in memory; 0 if none does. */
    long pageOf(long root, long rowid) {
        if (root != table) {
            table = root;
            height = -1;
        }
        long pgno = root;
        for (int depth = 0; depth < DEPTH_MAX && pgno != 0; depth++) {
            if (depth == height || !isHere(pgno, depth)) {
                return pgno;
            }
            int kind = BtreePage.kind(images[depth], pgno);
            if (kind == BtreePage.LEAF_TABLE) {
                height = depth;
                return pgno;
            }
            pgno = kind == BtreePage.INTERIOR_TABLE ? BtreePage.childFor(images[depth], pgno, rowid) : 0;
        }
        return 0;
    }

    private boolean isHere(long pgno, int depth) {
        if (way[depth] == pgno) {
            return true;
        }
        byte[] page = known.peek(pgno);
        if (page == null) {
            return false;
        }
        if (images[depth].length != page.length) {
            images[depth] = new byte[page.length];
        }
        System.arraycopy(page, 0, images[depth], 0, page.length);
        way[depth] = pgno;
        return true;
    }
}
