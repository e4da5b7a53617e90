package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** An interior page that a reader went through, and where it is in it. */
final class InteriorPage {
    /** More than a database has pages: damaged pages may name each other. */
    private static final long LEAVES_MAX = 1L << 33;

    /**
     * Of look-ups in a small tree, 16 that waited or 64 that a join had told of: as many more are likely to come.
     */
    private static final int PATIENCE = 64;

    final long pgno;

    final boolean isIndex;

    /** Unsigned page numbers, in key order. */
    final int[] children;

    /** Position of the child that was read last; -1 if none was. */
    int position = -1;

    /** The page that names this one, if it was seen, and where. */
    @Nullable InteriorPage above;

    int placeAbove;

    /** What is fetched ahead of the reader here. */
    @Nullable Run run;

    /** Whether its children are interior pages, as far as is known. */
    boolean isHigh;

    /** Children that were read though no run led there, in quarters of a wait, and how many of them are let pass. */
    int lookups;

    int patience = PATIENCE;

    /** When it was last needed, counted in pages that were remembered. */
    long used;

    private InteriorPage(long pgno, boolean isIndex, int[] children) {
        this.pgno = pgno;
        this.isIndex = isIndex;
        this.children = children;
    }

    /**
     * Reads an interior page.
     *
     * @param pages size of the database
     * @return null if it is another one, or damaged
     */
    static @Nullable InteriorPage of(long pgno, byte[] page, long pages) {
        int[] children = BtreePage.children(page, pgno, pages);
        boolean isIndex = BtreePage.kind(page, pgno) == BtreePage.INTERIOR_INDEX;
        return children.length == 0 ? null : new InteriorPage(pgno, isIndex, children);
    }

    /**
     * Tells whether {@link #of} would return the same of a page.
     *
     * @param pages size of the database
     */
    boolean isWhatIsIn(byte[] page, long pages) {
        int cells = BtreePage.isInterior(page, pgno) ? BtreePage.cells(page, pgno) : -1;
        boolean isSame =
                cells + 1 == children.length && isIndex == (BtreePage.kind(page, pgno) == BtreePage.INTERIOR_INDEX);
        for (int i = 0; isSame && i < children.length; i++) {
            isSame = child(i) <= pages && child(i) == BtreePage.child(page, pgno, i, cells);
        }
        return isSame;
    }

    long child(int i) {
        return Integer.toUnsignedLong(children[i]);
    }

    /** Returns the first position of a child; -1 if it is none. */
    int positionOf(long child) {
        for (int i = 0; i < children.length; i++) {
            if (child(i) == child) {
                return i;
            }
        }
        return -1;
    }

    boolean has(int i) {
        return i >= 0 && i < children.length;
    }

    /** Returns the position of the first child in a direction. */
    int first(int direction) {
        return direction > 0 ? 0 : children.length - 1;
    }

    /** Returns the number of the page that {@link #top} returns. */
    long root() {
        return top().pgno;
    }

    /** Returns the root of the tree, or the page up to which the way there is known. */
    InteriorPage top() {
        InteriorPage page = this;
        // A tree is less deep; damaged pages may name each other.
        for (int depth = 0; page.above != null && depth < InteriorTrail.DEPTH_MAX; depth++) {
            page = page.above;
        }
        return page;
    }

    /** Returns the number of leaves in the tree, about, as far up as is known. */
    long leavesOfTree() {
        long leaves = children.length;
        InteriorPage page = this;
        for (int depth = 0; page.above != null && depth < InteriorTrail.DEPTH_MAX; depth++) {
            page = page.above;
            leaves = Math.min(LEAVES_MAX, leaves * page.children.length);
        }
        return leaves;
    }

    /** Forgets where a reader was in it, who comes anew. */
    void leave() {
        position = -1;
        run = null;
    }
}
