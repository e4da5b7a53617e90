package litestream4j.btree;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the pages of one height of a tree were asked for, in the order in which a scan comes to them. The lowest
 * one leads the reader to the leaves. Those above it go before it, each far enough that the one below finds the
 * interior pages that it has to know: for a thousand leaves where an interior page has five children, two hundred
 * interior pages have to come before, and before these forty.
 *
 * <p>Used by one thread at a time.
 */
final class Frontier {
    private final PageSource known;
    private final int direction;

    /** The page whose children are asked for, and which one is the next. */
    private InteriorPage page;

    private int next;

    /** Children that were asked for and that the frontier below did not come to yet. */
    private final Deque<Place> ahead = new ArrayDeque<>();

    private @Nullable Frontier above;

    /** A child, by where it stands. */
    record Place(InteriorPage in, int position) {
        long pgno() {
            return in.child(position);
        }
    }

    /** @param next the first child to be asked for, one of the page or the one beyond its end */
    Frontier(PageSource known, int direction, InteriorPage page, int next) {
        this.known = known;
        this.direction = direction;
        this.page = page;
        this.next = next;
    }

    InteriorPage page() {
        return page;
    }

    /** Tells whether it is in a page, and beyond a child of it. */
    boolean isBeyond(InteriorPage of, int position) {
        return page.pgno == of.pgno && direction * (next - position) > 0;
    }

    /** Returns how many children it is beyond one of the page that it is in; less than 1 if it is not. */
    int distance(int position) {
        return direction * (next - position);
    }

    /** Goes on behind a child of the page that it is in. */
    void skipTo(int position) {
        next = position + direction;
    }

    /** Returns the next child; 0 if there is none, or the interior page that names it is not here. */
    long advance(long pages, PageList wanted) {
        if (!page.has(next) && !cross(pages, wanted)) {
            return 0;
        }
        long child = page.child(next);
        next += direction;
        return child;
    }

    /**
     * Lets those above go on, so that this one can.
     *
     * @param count children that are to be asked for here
     */
    void prepare(int count, long pages, PageList wanted) {
        int interior = count / page.children.length;
        Frontier higher = interior == 0 ? null : above();
        if (higher != null) {
            higher.reach(interior, pages, wanted);
        }
    }

    /** Returns the interior page that has to come before it can go on; null if it is not known. */
    @Nullable Place awaited() {
        return page.has(next) || above == null ? null : above.ahead.peek();
    }

    private void reach(int count, long pages, PageList wanted) {
        prepare(count, pages, wanted);
        while (ahead.size() < count && (page.has(next) || cross(pages, wanted))) {
            ahead.add(new Place(page, next));
            wanted.add(page.child(next));
            next += direction;
        }
    }

    private @Nullable Frontier above() {
        InteriorPage higher = page.above;
        if (above == null && higher != null && !isBelowItself(higher)) {
            above = new Frontier(known, direction, higher, page.placeAbove + direction);
        }
        return above;
    }

    /** Tells whether a page is above itself: damaged pages, and pages of different views, may name each other. */
    private static boolean isBelowItself(InteriorPage page) {
        int depth = 0;
        for (InteriorPage higher = page.above; higher != null; higher = higher.above) {
            if (++depth == InteriorTrail.DEPTH_MAX) {
                return true;
            }
        }
        return false;
    }

    private boolean cross(long pages, PageList wanted) {
        Frontier higher = above();
        if (higher == null) {
            return false;
        }
        higher.reach(1, pages, wanted);
        Place place = higher.ahead.peek();
        byte[] image = place == null ? null : known.peek(place.pgno());
        if (place == null || image == null) {
            return false;
        }
        InteriorPage following = InteriorPage.of(place.pgno(), image, pages);
        if (following == null) {
            return false;
        }
        higher.ahead.remove();
        page = following;
        page.above = place.in();
        page.placeAbove = place.position();
        next = page.first(direction);
        return true;
    }
}
