package litestream4j.btree;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** How far ahead of a reader the children of interior pages were asked for, in the order in which it reads them. */
final class Run {
    /** By which a batch is smaller after one of which pages were lost. */
    static final int LOSS = 8;

    private static final int LONG = 8;

    /** Pages from one to the next that is read in the same request, about. */
    private static final int NEAR = 16;

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
    private int steps;

    /** The child that was asked for last, and how many of them were far from the one before. */
    private long last;

    private int jumps;

    private final PageSource known;
    private Frontier frontier;

    /** The interior pages between the reader and the next child that is asked for. */
    private final Deque<InteriorPage> crossed = new ArrayDeque<>();

    Run(PageSource known, int direction, InteriorPage page, int position, int first, Thrift thrift) {
        this.known = known;
        this.direction = direction;
        this.first = first;
        this.thrift = thrift;
        this.frontier = new Frontier(known, direction, page, position + direction);
    }

    /** Tells whether the children lie far from each other, more often than not. */
    boolean isScattered() {
        return 2 * jumps > asked;
    }

    /** Tells whether it is that of a scan: rows that an index leads to may be neighbours for a few steps as well. */
    boolean isLong() {
        return steps >= LONG;
    }

    /** Tells whether a step of the reader is one in the direction of this run, to its next child or a fetched one. */
    boolean covers(InteriorPage of, int from, int to) {
        int step = direction * (to - from);
        return step == 1
                || (step > 0
                        && (step <= NEAR || isLong())
                        && (frontier.page().pgno != of.pgno || frontier.isBeyond(of, to)));
    }

    /** Asks for children until there are as many ahead of the reader as there are to be. */
    void fill(long pages, PageList wanted) {
        if (ahead >= window) {
            return;
        }
        frontier.prepare(window, pages, wanted);
        while (ahead < window) {
            InteriorPage before = frontier.page();
            long child = frontier.advance(pages, wanted);
            if (frontier.page() != before) {
                crossed.add(frontier.page());
            }
            if (child == 0) {
                return;
            }
            wanted.add(child);
            jumps += Math.abs(child - last) > NEAR ? 1 : 0;
            last = child;
            ahead++;
            asked++;
        }
    }

    /**
     * Takes note that the child which the reader came to is not there, and so may be none of those behind it.
     *
     * @param windowMax children that there is room for
     */
    void lost(InteriorPage of, int windowMax) {
        restart(of, of.position + direction);
        window = Math.min(windowMax, Math.min(window, Math.max(first, window / LOSS)));
    }

    private void restart(InteriorPage page, int next) {
        frontier = new Frontier(known, direction, page, next);
        crossed.clear();
        ahead = 0;
    }

    /** Takes note that the reader came to the first child of an interior page. */
    void entered(InteriorPage page, int position) {
        if (crossed.stream().noneMatch(next -> next.pgno == page.pgno)) {
            restart(page, position); // It could not be led there before, since the page was not here.
        } else {
            while (crossed.remove().pgno != page.pgno) {
                // The reader did not go through that one.
            }
        }
        passed(page, position - direction, position);
    }

    /** Takes note that the reader came to a child. */
    void passed(InteriorPage of, int from, int to) {
        steps++;
        if (frontier.page().pgno != of.pgno) {
            ahead = Math.max(0, ahead - Math.abs(to - from));
            return;
        }
        if (!frontier.isBeyond(of, to)) {
            frontier.skipTo(to);
        }
        ahead = Math.max(0, frontier.distance(to) - 1);
    }

    /** Returns the interior page that the reader comes to after its present one, as far as it is known. */
    @Nullable InteriorPage following() {
        return crossed.peek();
    }

    /** Returns where that page stands if it is not here yet; null if it is, or that is not known. */
    Frontier.@Nullable Place awaited() {
        return crossed.isEmpty() ? frontier.awaited() : null;
    }
}
