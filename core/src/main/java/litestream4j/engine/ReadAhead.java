package litestream4j.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells which pages one reader will want next. Pure: fed with the pages that were read, it answers with page numbers
 * that are worth fetching now.
 *
 * <p>A b-tree says itself what a scan reads next: an interior page names its children in key order, wherever they
 * lie. So the interior pages seen last are remembered, and when a page is read that is the child after the one read
 * before, the following children are wanted. How many doubles with each step, so that a query that stops early wastes
 * little; once half of what was fetched ahead is used up, the next batch is due, so that a long scan never waits.
 * Pages that follow each other by number (overflow chains, a backup) are taken as a run of their own.
 *
 * <p>What it remembers may belong to an older view: a wrong guess costs a wasted read, never a wrong page.
 *
 * <p>Used by one thread at a time.
 */
final class ReadAhead {
    /** Pages fetched ahead when a run is first recognised. */
    static final int WINDOW_MIN = 4;

    private static final int PARENT_BITS = 6;

    /** Interior pages remembered: more than a join of several deep trees keeps in use. */
    private static final int PARENTS = 1 << PARENT_BITS;

    private static final int PLACE_BITS = 14;

    private static final long[] NOTHING = {};

    private final int windowMax;
    private final @Nullable Parent[] parents = new @Nullable Parent[PARENTS];
    private int nextParent;

    /**
     * Where each child was seen: position in its parent, and number of the parent. Direct mapped, so that looking up
     * costs one probe: a child that lost its place to another one is not recognised, and that is all.
     */
    private final int[] places = new int[1 << PLACE_BITS];

    private final Run byNumber = new Run();
    private long lastPgno;

    /**
     * Makes one for a reader.
     *
     * @param windowMax most pages to be fetched ahead; below {@link #WINDOW_MIN} nothing ever is
     */
    ReadAhead(int windowMax) {
        this.windowMax = windowMax;
    }

    /** An interior page and how far its children were read. */
    private static final class Parent {
        final long pgno;
        final int[] children;
        final Run run = new Run();

        /** Position of the child that was read last. */
        int position = -1;

        Parent(long pgno, int[] children) {
            this.pgno = pgno;
            this.children = children;
        }
    }

    /** How far ahead a run of pages was fetched, in positions of the run. */
    private static final class Run {
        int window;
        long fetchedTo;

        /** Forgets what was fetched ahead: the reader went elsewhere. */
        void restart() {
            window = 0;
            fetchedTo = 0;
        }

        /**
         * Moves on by one page.
         *
         * @return whether a batch is due
         */
        boolean step(long position, int windowMax) {
            if (window == 0) {
                window = WINDOW_MIN;
            } else if (fetchedTo - position <= window / 2) {
                window = Math.min(2 * window, windowMax);
            } else {
                return false;
            }
            fetchedTo = Math.max(fetchedTo, position + 1);
            return true;
        }
    }

    /**
     * Takes note of a page that was read.
     *
     * @param page its content
     * @param pages size of the view, in pages
     * @return pages to fetch now, in the order in which they will be wanted; most often none
     */
    long[] read(long pgno, byte[] page, long pages) {
        if (windowMax < WINDOW_MIN) {
            return NOTHING;
        }
        long[] wanted = stepToChild(pgno);
        if (wanted.length == 0) {
            wanted = stepByNumber(pgno, pages);
        }
        lastPgno = pgno;
        remember(pgno, page, pages);
        return wanted;
    }

    private long[] stepToChild(long pgno) {
        int place = places[home(pgno)];
        Parent parent = parents[place & (PARENTS - 1)];
        int position = place >>> PARENT_BITS;
        if (parent == null || position >= parent.children.length || parent.children[position] != (int) pgno) {
            return NOTHING;
        }
        // Not only the very next: a step may have been missed, or the reader may skip within what it was given.
        boolean follows = parent.position >= 0
                && position > parent.position
                && (position == parent.position + 1 || position < parent.run.fetchedTo);
        if (!follows && position != parent.position) {
            parent.run.restart();
        }
        parent.position = position;
        return follows && parent.run.step(position, windowMax) ? batch(parent) : NOTHING;
    }

    private static int home(long pgno) {
        // Fibonacci hashing: neighbours, as children mostly are, never collide.
        return (int) ((pgno * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - PLACE_BITS));
    }

    private static long[] batch(Parent parent) {
        Run run = parent.run;
        int from = (int) run.fetchedTo;
        int to = Math.min(parent.children.length, parent.position + 1 + run.window);
        run.fetchedTo = to;
        if (from >= to) {
            return NOTHING;
        }
        long[] pages = new long[to - from];
        for (int i = from; i < to; i++) {
            pages[i - from] = Integer.toUnsignedLong(parent.children[i]);
        }
        return pages;
    }

    private long[] stepByNumber(long pgno, long pages) {
        if (pgno != lastPgno + 1 || lastPgno == 0) {
            byNumber.restart();
            return NOTHING;
        }
        if (!byNumber.step(pgno, windowMax)) {
            return NOTHING;
        }
        long from = byNumber.fetchedTo;
        long to = Math.min(pages + 1, pgno + 1 + byNumber.window);
        byNumber.fetchedTo = to;
        if (from >= to) {
            return NOTHING;
        }
        long[] wanted = new long[(int) (to - from)];
        Arrays.setAll(wanted, i -> from + i);
        return wanted;
    }

    private void remember(long pgno, byte[] page, long pages) {
        int[] children = BtreePage.children(page, pgno, pages);
        if (children.length < 2) {
            return;
        }
        int number = numberOf(pgno);
        Parent known = parents[number];
        if (known != null && known.pgno == pgno && Arrays.equals(known.children, children)) {
            return;
        }
        parents[number] = new Parent(pgno, children);
        for (int i = 0; i < children.length; i++) {
            places[home(Integer.toUnsignedLong(children[i]))] = (i << PARENT_BITS) | number;
        }
    }

    /** Returns the number under which a page is known, or else that of the one seen longest ago. */
    private int numberOf(long pgno) {
        for (int i = 0; i < PARENTS; i++) {
            if (parents[i] != null && parents[i].pgno == pgno) {
                return i;
            }
        }
        int number = nextParent;
        nextParent = (nextParent + 1) % PARENTS;
        return number;
    }
}
