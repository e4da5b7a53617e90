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

    private final @Nullable InteriorPage[] pages = new @Nullable InteriorPage[PAGES];

    /**
     * Where the next page goes: in the first half those of tables, in the second those of indexes, which rows far from
     * each other would else push out.
     */
    private final int[] oldest = {0, PAGES / 2};

    /**
     * Where each child was seen: position in its parent, and number of the parent. Direct mapped, so that looking up
     * costs one probe: a child that lost its place to another one is not recognised, and that is all. Made when it is
     * first needed: many connections never read an interior page.
     */
    private int[] places = {};

    private long expected;
    private @Nullable InteriorPage expectedAbove;
    private int expectedPlace;

    /** Takes in a page if it is an interior one with more than one child; returns it as it is known from now on. */
    @Nullable InteriorPage remember(long pgno, byte[] page, long databasePages) {
        int[] children = BtreePage.children(page, pgno, databasePages);
        if (children.length < 2) {
            return null;
        }
        int number = numberOf(pgno, BtreePage.kind(page, pgno) == BtreePage.INTERIOR_INDEX);
        InteriorPage known = pages[number];
        if (known != null && known.pgno == pgno && Arrays.equals(known.children, children)) {
            link(known);
            return known;
        }
        InteriorPage fresh = new InteriorPage(pgno, children);
        link(fresh);
        pages[number] = fresh;
        if (places.length == 0) {
            places = new int[1 << PLACE_BITS];
        }
        for (int i = 0; i < children.length; i++) {
            places[home(Integer.toUnsignedLong(children[i]))] = (i << NUMBER_BITS) | number;
        }
        return fresh;
    }

    /** Says where the page stands that a scan comes to next: its own place may be lost to another child by then. */
    void expect(long pgno, InteriorPage above, int place) {
        expected = pgno;
        expectedAbove = above;
        expectedPlace = place;
    }

    /** Takes down where a page stands in the one above it, as long as that is known. */
    private void link(InteriorPage page) {
        InteriorPage above = parentOf(page.pgno);
        if (expectedAbove != null && page.pgno == expected) {
            page.above = expectedAbove;
            page.placeAbove = expectedPlace;
        } else if (above != null) {
            page.above = above;
            page.placeAbove = positionOf(page.pgno);
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

    /** Returns the root of the index that a leaf page belongs to, also if it lost its place to another child. */
    long rootOfIndexLeaf(long pgno) {
        InteriorPage parent = parentOf(pgno);
        for (int number = PAGES / 2; parent == null && number < PAGES; number++) {
            InteriorPage page = pages[number];
            for (int i = 0; page != null && parent == null && i < page.children.length; i++) {
                parent = page.child(i) == pgno ? page : null;
            }
        }
        return parent == null ? pgno : parent.root();
    }

    private static int home(long pgno) {
        // Fibonacci hashing: neighbours, as children mostly are, never collide.
        return (int) ((pgno * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - PLACE_BITS));
    }

    /** Returns the number under which a page is known, or else that of the one seen longest ago. */
    private int numberOf(long pgno, boolean isIndex) {
        for (int i = 0; i < PAGES; i++) {
            InteriorPage page = pages[i];
            if (page != null && page.pgno == pgno) {
                return i;
            }
        }
        int half = isIndex ? 1 : 0;
        int number = oldest[half];
        oldest[half] = half * PAGES / 2 + (number + 1) % (PAGES / 2);
        return number;
    }
}
