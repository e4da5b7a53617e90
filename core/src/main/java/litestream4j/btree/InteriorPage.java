package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** An interior page that a reader went through, and where it is in it. */
final class InteriorPage {
    final long pgno;

    /** Unsigned page numbers, in key order. */
    final int[] children;

    /** Position of the child that was read last; -1 if none was. */
    int position = -1;

    /** The page that names this one, if it was seen, and where. */
    @Nullable InteriorPage above;

    int placeAbove;

    /** What is fetched ahead of the reader here. */
    @Nullable Run run;

    /** The run for which children were asked for that are interior pages, and the first one that was not. */
    private @Nullable Run askedFor;

    private int askedTo;

    InteriorPage(long pgno, int[] children) {
        this.pgno = pgno;
        this.children = children;
    }

    long child(int i) {
        return Integer.toUnsignedLong(children[i]);
    }

    boolean has(int i) {
        return i >= 0 && i < children.length;
    }

    /** Returns the position of the first child in a direction. */
    int first(int direction) {
        return direction > 0 ? 0 : children.length - 1;
    }

    /** Returns the root of the tree, as far up as is known. */
    long root() {
        InteriorPage page = this;
        // A tree is less deep; damaged pages may name each other.
        for (int depth = 0; page.above != null && depth < 16; depth++) {
            page = page.above;
        }
        return page.pgno;
    }

    /** Asks for the children after one, each once, where they are interior pages that a run comes to. */
    void askAhead(Run by, int after, int count, PageList wanted) {
        if (askedFor != by || by.direction * (after - askedTo) >= 0) {
            askedFor = by;
            askedTo = after + by.direction;
        }
        int end = after + by.direction * (count + 1);
        for (; by.direction * (end - askedTo) > 0 && has(askedTo); askedTo += by.direction) {
            wanted.add(child(askedTo));
        }
    }
}
