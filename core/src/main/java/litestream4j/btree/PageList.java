package litestream4j.btree;

import java.util.Arrays;

/** Page numbers, collected for one answer after the other. */
final class PageList {
    private static final long[] NOTHING = {};

    private long[] pages = new long[16];
    private int size;

    void add(long pgno) {
        if (size == pages.length) {
            pages = Arrays.copyOf(pages, 2 * size);
        }
        pages[size++] = pgno;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long[] take() {
        if (size == 0) {
            return NOTHING;
        }
        long[] taken = Arrays.copyOf(pages, size);
        size = 0;
        return taken;
    }
}
