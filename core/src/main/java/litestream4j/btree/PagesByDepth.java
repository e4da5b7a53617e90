package litestream4j.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the pages that were looked at last on ways from a root, one for each depth. Many rows are looked up at a
 * time, whose ways begin in the same pages.
 *
 * <p>Used by one thread at a time.
 */
final class PagesByDepth {
    /** A tree is less deep; damaged pages may name each other. */
    static final int DEPTH_MAX = 16;

    private final PageSource known;
    private final long[] numbers = new long[DEPTH_MAX];
    private final byte[][] images = new byte[DEPTH_MAX][0];

    PagesByDepth(PageSource known) {
        this.known = known;
    }

    /** Forgets all: the view may be another one by now. */
    void forget() {
        Arrays.fill(numbers, 0);
    }

    /** Returns a page if it is in memory; the array is that of the next one at this depth as well. */
    byte @Nullable [] at(int depth, long pgno) {
        if (numbers[depth] == pgno) {
            return images[depth];
        }
        byte[] page = known.peek(pgno);
        if (page == null) {
            return null;
        }
        if (images[depth].length != page.length) {
            images[depth] = new byte[page.length];
        }
        System.arraycopy(page, 0, images[depth], 0, page.length);
        numbers[depth] = pgno;
        return images[depth];
    }
}
