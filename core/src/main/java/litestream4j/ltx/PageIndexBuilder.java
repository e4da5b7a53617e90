package litestream4j.ltx;

import java.util.Arrays;

/** Collects the frames of a file in order. The memory it takes is in proportion to the frames added so far. */
final class PageIndexBuilder {
    private static final int ARRAY_LENGTH_MAX = Integer.MAX_VALUE - 8;
    private static final int[] NONE = {};

    private int size;

    /** Empty as long as the pages are consecutive from 1, but for one hole. */
    private int[] pgnos = NONE;

    private long hole = Long.MAX_VALUE;
    private int[] starts = new int[16];
    private int[] wraps = NONE;
    private long end = LtxHeader.BYTES;

    /** Begins with the place right behind the header. */
    PageIndexBuilder() {
        starts[0] = LtxHeader.BYTES;
    }

    /** Returns where in the file the frame to be added next begins. */
    long end() {
        return end;
    }

    /**
     * Adds the frame that begins at {@link #end}.
     *
     * @param pgno greater than that of the frame before
     */
    void add(long pgno, int frameBytes) {
        if (pgnos.length != 0) {
            pgnos = size < pgnos.length ? pgnos : grown(pgnos);
            pgnos[size] = (int) pgno;
        } else if (!isConsecutive(pgno)) {
            pgnos = numbersSoFar(size + 1);
            pgnos[size] = (int) pgno;
        }
        size++;
        starts = size < starts.length ? starts : grown(starts);
        long next = end + frameBytes;
        starts[size] = (int) next;
        if (next >>> Integer.SIZE != end >>> Integer.SIZE) {
            wraps = Arrays.copyOf(wraps, wraps.length + 1);
            wraps[wraps.length - 1] = size;
        }
        end = next;
    }

    PageIndex build() {
        int[] numbers = pgnos.length == 0 ? NONE : Arrays.copyOf(pgnos, size);
        return new PageIndex(size, numbers, hole, Arrays.copyOf(starts, size + 1), wraps);
    }

    private boolean isConsecutive(long pgno) {
        long next = size + 1L + (hole == Long.MAX_VALUE ? 0 : 1);
        if (pgno == next + 1 && hole == Long.MAX_VALUE) {
            hole = next;
            return true;
        }
        return pgno == next;
    }

    private int[] numbersSoFar(int room) {
        int[] numbers = new int[Math.max(room, 16)];
        for (int i = 0; i < size; i++) {
            numbers[i] = i + 1 < hole ? i + 1 : i + 2;
        }
        hole = Long.MAX_VALUE;
        return numbers;
    }

    private static int[] grown(int[] array) {
        if (array.length == ARRAY_LENGTH_MAX) {
            throw new OutOfMemoryError("a page index of more than 2^31 pages");
        }
        return Arrays.copyOf(array, (int) Math.min(2L * array.length, ARRAY_LENGTH_MAX));
    }
}
