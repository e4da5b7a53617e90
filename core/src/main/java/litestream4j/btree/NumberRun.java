package litestream4j.btree;

import java.util.function.IntSupplier;

/** Pages that are read in the order of their numbers. */
final class NumberRun {
    private static final int GROWTH = 4;

    private long last;
    private int window;
    private long fetchedTo;

    /** Forgets the run, if there was one: the reader is elsewhere. */
    void restart(long pgno) {
        last = pgno;
        window = 0;
        fetchedTo = 0;
    }

    /** Takes note that a page which was asked for is not there when the reader comes to it. */
    void lost(long pgno) {
        if (window > 0 && pgno == last + 1 && pgno < fetchedTo) {
            fetchedTo = pgno;
            window = Math.max(1, window / Run.LOSS);
        }
    }

    /** Tells whether a run begins with a page, the first one behind another. */
    boolean beginsWith(long pgno) {
        return window == 0 && last > 0 && pgno == last + 1;
    }

    void step(long pgno, long pages, IntSupplier windowMax, PageList wanted) {
        if (last == 0 || pgno != last + 1) {
            restart(pgno);
            return;
        }
        last = pgno;
        if (window > 0 && fetchedTo - pgno > window - window / GROWTH) {
            return;
        }
        window = Math.min(windowMax.getAsInt(), window == 0 ? ReadAhead.WINDOW_MIN : window * GROWTH);
        long from = Math.max(fetchedTo, pgno + 1);
        long to = Math.min(pages + 1, pgno + 1 + window);
        for (long next = from; next < to; next++) {
            wanted.add(next);
        }
        fetchedTo = Math.max(fetchedTo, to);
    }
}
