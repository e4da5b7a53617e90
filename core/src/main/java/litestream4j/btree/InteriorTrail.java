package litestream4j.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The interior pages that a reader went through last, and where the children of each are among them. */
final class InteriorTrail {
    private static final int NUMBER_BITS = 7;

    /** More than a join of several deep trees keeps in use. */
    private static final int PAGES = 1 << NUMBER_BITS;

    private static final int PLACE_BITS = 14;

    /** A tree is less deep; damaged pages, and pages of different views, may name each other. */
    static final int DEPTH_MAX = 16;

    /** In the first half those of tables, in the second those of indexes, which rows here and there would push out. */
    private final @Nullable InteriorPage[] pages = new @Nullable InteriorPage[PAGES];

    /** Pages that were remembered so far. */
    private long clock;

    /**
     * Where each child was seen: position in its parent, and number of the parent. Direct mapped, so that looking up
     * costs one probe: a child that lost its place to another one is not recognised, and that is all. Made when it is
     * first needed: many connections never read an interior page.
     */
    private int[] places = {};

    /** Where the page stands that a reader comes to next. */
    private Frontier.@Nullable Place expected;

    /** Takes in a page if it is known, or an interior one with more than one child. */
    void remember(long pgno, byte[] page, long databasePages) {
        InteriorPage known = page(pgno);
        if (known != null && known.isWhatIsIn(page, databasePages)) {
            link(known);
            return;
        }
        InteriorPage fresh = InteriorPage.of(pgno, page, databasePages);
        if (fresh != null && fresh.children.length > 1) {
            link(fresh);
            put(fresh);
        }
    }

    /** Takes in a page that a reader comes to next, and may not read. */
    void expect(InteriorPage page) {
        InteriorPage known = page(page.pgno);
        if (known != null && Arrays.equals(known.children, page.children)) {
            known.above = page.above;
            known.placeAbove = page.placeAbove;
            known.leave();
            touch(known);
            enter(known, numberFor(known));
        } else {
            touch(page);
            put(page);
        }
    }

    /** Says where the page stands that a reader comes to next: its own place may be lost to another child by then. */
    void expect(Frontier.Place place) {
        expected = place;
    }

    /** Takes down where a page stands in the one above it, as long as that is known. */
    private void link(InteriorPage page) {
        InteriorPage above = parentOf(page.pgno);
        if (expected != null && expected.pgno() == page.pgno) {
            page.above = expected.in();
            page.placeAbove = expected.position();
            page.leave();
            expected = null;
        } else if (above != null) {
            page.above = above;
            page.placeAbove = positionOf(page.pgno);
        }
        touch(page);
    }

    /** Keeps a page, and those above it: where these have few children, a scan comes to many before it needs them. */
    void touch(@Nullable InteriorPage page) {
        clock++;
        int depth = 0;
        for (InteriorPage each = page; each != null && depth < DEPTH_MAX; each = each.above) {
            each.used = clock;
            depth++;
        }
    }

    private void put(InteriorPage page) {
        int number = numberFor(page);
        pages[number] = page;
        enter(page, number);
    }

    private void enter(InteriorPage page, int number) {
        if (places.length == 0) {
            places = new int[1 << PLACE_BITS];
        }
        for (int i = 0; i < page.children.length; i++) {
            places[home(page.child(i))] = (i << NUMBER_BITS) | number;
        }
    }

    /** Returns a page, or null if it was not seen, or too long ago. */
    @Nullable InteriorPage page(long pgno) {
        for (InteriorPage page : pages) {
            if (page != null && page.pgno == pgno) {
                return page;
            }
        }
        return null;
    }

    /** Returns the page that names a child, or null if none is known. */
    @Nullable InteriorPage parentOf(long child) {
        if (places.length == 0) {
            return null;
        }
        int place = places[home(child)];
        InteriorPage parent = pages[place & (PAGES - 1)];
        int position = place >>> NUMBER_BITS;
        return parent != null && parent.has(position) && parent.child(position) == child ? parent : null;
    }

    /** Returns the position of a child in the parent that {@link #parentOf} returned. */
    int positionOf(long child) {
        return places[home(child)] >>> NUMBER_BITS;
    }

    /** Returns the root of the tree that a page belongs to, as far up as is known. */
    long rootOf(long pgno) {
        InteriorPage parent = parentOf(pgno);
        return parent == null ? pgno : parent.root();
    }

    /** Returns the root of the index that a leaf page belongs to. */
    long rootOfIndexLeaf(long pgno) {
        InteriorPage parent = find(pgno, PAGES / 2);
        return parent == null ? pgno : parent.root();
    }

    /** Returns the page that names a child as {@link #parentOf} does, also if the child lost its place. */
    @Nullable InteriorPage findParentOf(long child) {
        return find(child, 0);
    }

    /** Returns the root of the tree that a page belongs to, also if pages on the way there lost their places. */
    long findRootOf(InteriorPage page) {
        InteriorPage top = page.top();
        for (int depth = 0; depth < DEPTH_MAX; depth++) {
            InteriorPage above = findParentOf(top.pgno);
            if (above == null || above.top() == top) {
                break;
            }
            top.above = above;
            top.placeAbove = above.positionOf(top.pgno);
            top = above.top();
        }
        return top.pgno;
    }

    private @Nullable InteriorPage find(long child, int from) {
        InteriorPage parent = parentOf(child);
        for (int number = from; parent == null && number < PAGES; number++) {
            InteriorPage page = pages[number];
            for (int i = 0; page != null && parent == null && i < page.children.length; i++) {
                if (page.child(i) == child) {
                    parent = page;
                    enter(page, number); // A reader that does not read it again goes on to its other children.
                }
            }
        }
        return parent;
    }

    private static int home(long pgno) {
        // Fibonacci hashing: neighbours, as children mostly are, never collide.
        return (int) ((pgno * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - PLACE_BITS));
    }

    /** Returns the number under which a page is known, or else that of the one needed longest ago. */
    private int numberFor(InteriorPage page) {
        int from = page.isIndex ? PAGES / 2 : 0;
        int oldest = from;
        for (int i = 0; i < PAGES; i++) {
            InteriorPage each = pages[i];
            if (each != null && each.pgno == page.pgno) {
                return i;
            }
            if (i >= from && i < from + PAGES / 2 && isOlder(each, pages[oldest])) {
                oldest = i;
            }
        }
        return oldest;
    }

    private static boolean isOlder(@Nullable InteriorPage page, @Nullable InteriorPage other) {
        return other != null && (page == null || page.used < other.used);
    }
}
