package litestream4j.btree;

/** How far ahead of a reader the children of interior pages were asked for, in the order in which it reads them. */
final class Run {
    /** By which a batch is smaller after one of which pages were lost. */
    static final int LOSS = 8;

    private static final int LONG = 8;

    /** 1 in key order, -1 against it. */
    final int direction;

    /** Children to be ahead of the reader with the first batch, if nothing is wasted. */
    final int first;

    /** That of the runs which begin as this one did. */
    final Thrift thrift;

    /** Children to be ahead of the reader; 0 before the first batch. */
    int window;

    /** Children that were asked for. */
    int asked;

    /** Children that were asked for and not read yet, about. */
    int ahead;

    /** Children that the reader came to. */
    int steps;

    /** The child to be asked for next. */
    InteriorPage page;

    int next;

    /** Interior pages between the reader and that of the next child, about. */
    int crossed;

    /** The interior page that has to come before the run can go on; 0 if none. */
    long awaited;

    Run(int direction, InteriorPage page, int position, int first, Thrift thrift) {
        this.direction = direction;
        this.first = first;
        this.thrift = thrift;
        this.page = page;
        this.next = position + direction;
    }

    /** Tells whether it is that of a scan: rows that an index leads to may be neighbours for a few steps as well. */
    boolean isLong() {
        return steps >= LONG;
    }

    /** Tells whether a step of the reader is one in the direction of this run, to its next child or a fetched one. */
    boolean covers(InteriorPage of, int from, int to) {
        int step = direction * (to - from);
        return step == 1 || (step > 0 && (page != of || direction * (next - to) > 0));
    }

    /**
     * Takes note that the child which the reader came to is not there, and so may be none of those behind it.
     *
     * @param windowMax children that there is room for
     */
    void lost(InteriorPage of, int windowMax) {
        page = of;
        next = of.position + direction;
        awaited = 0;
        crossed = 0;
        ahead = 0;
        window = Math.min(windowMax, Math.min(window, Math.max(first, window / LOSS)));
    }

    /** Takes note that the reader came to a child. */
    void passed(InteriorPage of, int from, int to) {
        steps++;
        if (page != of) {
            ahead = Math.max(0, ahead - Math.abs(to - from));
            return;
        }
        int left = direction * (next - to) - 1;
        if (left < 0) {
            next = to + direction;
        }
        ahead = Math.max(0, left);
    }
}
