package litestream4j.btree;

/**
 * How far one reader fetches ahead of runs of one kind, by what became of that before. A query with a LIMIT, or a join
 * that looks at a few neighbours at a time, leaves what was fetched ahead unread; that shows when its run ends. One
 * such run is forgiven: many a scan is preceded by a look at the first row, and what it left came with the page that
 * was wanted. With each further one the first batch of the next runs is half as large, down to an eighth, and batches
 * grow fourfold, then double instead of growing eightfold, once half of the last one is used up instead of a quarter or
 * less. Pages that were used win that back, a step for 64, so that a long scan is at full speed after few batches.
 *
 * <p>Used by one thread at a time.
 */
final class Thrift {
    private static final int[] GROWTH = {8, 8, 4, 2, 2};

    /** The part of a window after which the next batch is due. */
    private static final int USED_UP = 4;

    /**
     * The same of a window that is large enough for a batch to fill a request or two even so: where its pages lie one
     * behind the other. Of scattered ones a larger batch has more that lie near each other.
     */
    private static final int USED_UP_OF_LARGE = 8;

    private static final int LARGE = 1024;

    private static final int USED_UP_OF_THRIFTY = 2;

    /** Wasteful runs that change nothing. */
    private static final int FORGIVEN = 1;

    private static final int LEVEL_MAX = GROWTH.length - 1;

    /** Pages that win a step back; queries of some pages each, which waste most then, so do it seldom. */
    private static final int USED_FOR_LEVEL = 64;

    private int level;
    private int used;

    /**
     * Tells whether the next batch is due, with so many pages ahead of the reader.
     *
     * @param isScattered whether pages that follow each other in key order lie far from each other
     */
    boolean isDue(int ahead, int window, boolean isScattered) {
        if (level > FORGIVEN) {
            return ahead <= window / USED_UP_OF_THRIFTY;
        }
        return ahead <= window - window / (window < LARGE || isScattered ? USED_UP : USED_UP_OF_LARGE);
    }

    /**
     * Returns the pages to be ahead of the reader with the next batch.
     *
     * @param window the same with the last batch; 0 if there was none
     * @param first the same with the first batch, if nothing is wasted
     */
    int next(int window, int first) {
        return window == 0 ? Math.max(1, first >> Math.max(0, level - FORGIVEN)) : window * GROWTH[level];
    }

    /** Takes note that the reader came to pages that had been fetched ahead. */
    void used(int pages) {
        used += pages;
        if (used >= USED_FOR_LEVEL) {
            used = 0;
            level = Math.max(0, level - 1);
        }
    }

    /** Takes note that the reader left a run of pages. */
    void ended(int asked, int unread) {
        if (2 * unread > asked) {
            used = 0;
            level = Math.min(LEVEL_MAX, level + 1);
        }
    }
}
