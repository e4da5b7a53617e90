package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/**
 * The overflow pages of rows. A leaf page of a table holds the beginning of a row that is too large for it, and names
 * the first of the pages that hold the rest; each of these names the next one. So a scan of such rows waits for each
 * of them, though its leaves come ahead. When a reader comes to the first overflow page of a row, those behind it are
 * fetched, which follow by number as a rule, and in a scan those of the rows that are read next as well, as far as
 * their leaves are here; four times as many with each batch.
 *
 * <p>Used by one thread at a time.
 */
final class Overflows {
    /** Pages of one row that are asked for; of more, {@link NumberRun} takes care. */
    private static final int OF_A_ROW_MAX = 16;

    private static final int WINDOW_MIN = 16;
    private static final int GROWTH = 4;

    /** Leaves looked at for a batch: rows without overflow pages may lie between those with them. */
    private static final int LEAVES_MAX = 1024;

    /** Leaves to be asked for again at least, the first of which is not here. */
    private static final int LEAVES_AGAIN_MIN = 32;

    private static final int LINK_BYTES = 4;

    private final PageSource known;
    private final InteriorTrail trail;

    /** The leaf that was read last; 0 if none was. */
    private long leaf;

    /** The run that a batch was asked for in; null if none was. */
    private @Nullable Run run;

    /** Pages of the next batch, and those to be read before it is due. */
    private int window;

    private int left;

    Overflows(PageSource known, InteriorTrail trail) {
        this.known = known;
        this.trail = trail;
    }

    /** Takes note of a leaf page of a table. */
    void leaf(long pgno) {
        leaf = pgno;
    }

    /**
     * Takes note of a page that is about to be waited for and is no child of a page known, and asks for more.
     *
     * @param isComing whether it was asked for already; if not, what is behind it may be gone as well
     */
    void approach(long pgno, long pages, boolean isComing, int windowMax, PageList wanted) {
        byte[] page = imageOfLeaf();
        if (page == null) {
            return;
        }
        int cells = BtreePage.cells(page, leaf);
        int cell = 0;
        while (cell < cells && first(page, leaf, cell) != pgno) {
            cell++;
        }
        if (cell == cells) {
            return;
        }
        int ofTheRow = ask(page, leaf, cell, pages, wanted);
        if (ofTheRow >= OF_A_ROW_MAX) {
            return;
        }
        InteriorPage parent = trail.parentOf(leaf);
        if (parent == null || parent.run == null) {
            run = null;
            return;
        }
        left = isComing ? left - ofTheRow : 0;
        if (run != parent.run) {
            run = parent.run;
            window = WINDOW_MIN;
            left = 0;
        }
        if (left <= 0) {
            int leaves = Math.max(LEAVES_AGAIN_MIN, window / Math.max(1, ofTheRow));
            int asked = askAhead(parent.run, parent, page, cell, leaves, pages, wanted);
            left = asked / GROWTH;
            // Half of the room: the leaves need some as well.
            window = Math.clamp(windowMax / 2, 1, asked >= window ? GROWTH * window : window);
        }
    }

    /**
     * Tells whether a page is one of those that the leaf read last leads to: what lies behind it is asked for here, if
     * it is wanted. Who asks for it by number as well, a row at a time, hides that all the next rows are gone.
     */
    boolean leadTo(long pgno) {
        byte[] page = imageOfLeaf();
        int cells = page == null ? 0 : BtreePage.cells(page, leaf);
        for (int cell = 0; page != null && cell < cells; cell++) {
            long first = first(page, leaf, cell);
            if (first > 0 && pgno >= first && pgno - first < Math.min(OF_A_ROW_MAX, count(page, leaf, cell))) {
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] imageOfLeaf() {
        byte[] page = leaf == 0 ? null : known.peek(leaf);
        return page == null || BtreePage.kind(page, leaf) != BtreePage.LEAF_TABLE ? null : page;
    }

    /** @param again leaves to be asked for if those ahead are not here */
    private int askAhead(Run of, InteriorPage parent, byte[] page, int cell, int again, long pages, PageList wanted) {
        int asked = 0;
        long pgno = leaf;
        InteriorPage above = parent;
        int position = parent.position;
        int next = cell + of.direction;
        byte[] image = page;
        for (int leaves = 0; leaves < LEAVES_MAX; leaves++) {
            int cells = BtreePage.cells(image, pgno);
            for (; next >= 0 && next < cells && asked < window; next += of.direction) {
                asked += ask(image, pgno, next, pages, wanted);
            }
            position += of.direction;
            if (asked >= window || !above.has(position)) {
                return asked;
            }
            pgno = above.child(position);
            byte[] following = known.peek(pgno);
            if (following == null) {
                askAgain(of, above, position, again, wanted);
                return asked;
            }
            if (BtreePage.kind(following, pgno) != BtreePage.LEAF_TABLE) {
                return asked;
            }
            image = following;
            next = of.direction > 0 ? 0 : BtreePage.cells(image, pgno) - 1;
        }
        return asked;
    }

    /** Asks for leaves. They were asked for before; if they are not on their way, another reader took them. */
    private static void askAgain(Run of, InteriorPage above, int position, int count, PageList wanted) {
        int end = position + of.direction * count;
        for (int i = position; i != end && above.has(i); i += of.direction) {
            wanted.add(above.child(i));
        }
    }

    /** Asks for the overflow pages of a row; returns how many. */
    private static int ask(byte[] page, long leaf, int cell, long pages, PageList wanted) {
        long first = first(page, leaf, cell);
        if (first < 2 || first > pages) {
            return 0;
        }
        int asked = (int) Math.min(Math.min(count(page, leaf, cell), OF_A_ROW_MAX), pages + 1 - first);
        for (int i = 0; i < asked; i++) {
            wanted.add(first + i);
        }
        return asked;
    }

    /** Returns the number of overflow pages of a row that has some. */
    private static long count(byte[] page, long leaf, int cell) {
        long payload = Varint.value(page, BtreePage.cell(page, leaf, cell));
        long linkless = (long) page.length - LINK_BYTES;
        return (payload - BtreePage.localOfTable(page.length, payload) + linkless - 1) / linkless;
    }

    /** Returns the first overflow page of a row; 0 if it has none, or the page is damaged. */
    private static long first(byte[] page, long leaf, int cell) {
        int at = BtreePage.cell(page, leaf, cell);
        int lengthBytes = Varint.length(page, at);
        int rowidBytes = lengthBytes == 0 ? 0 : Varint.length(page, at + lengthBytes);
        long payload = lengthBytes == 0 ? 0 : Varint.value(page, at);
        if (rowidBytes == 0 || payload <= page.length - 35L) {
            return 0;
        }
        long link = at + lengthBytes + rowidBytes + BtreePage.localOfTable(page.length, payload);
        return link + LINK_BYTES > page.length ? 0 : BtreePage.u32(page, (int) link);
    }
}
