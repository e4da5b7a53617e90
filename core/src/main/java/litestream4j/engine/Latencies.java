package litestream4j.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long a store took for its last 128 answers of one kind. Safe for all threads: adding takes a lock for some
 * nanoseconds, and now and then for a sort of 128 numbers; reading takes none.
 */
final class Latencies {
    /** With fewer than these a quantile says nothing. */
    static final int SAMPLES_MIN = 32;

    private static final int KEPT = 128;

    /** The summary is made anew after so many answers. */
    private static final int ROUND = 16;

    private final long[] ring = new long[KEPT];
    private long count;
    private volatile @Nullable Summary summary;

    /**
     * All in nanoseconds.
     *
     * @param quarter a quarter of the answers took less: as long as the store takes while nothing is in its way
     */
    record Summary(long quarter, long median, long p95) {}

    synchronized void add(long nanos) {
        ring[(int) (count++ % KEPT)] = nanos;
        if (count >= SAMPLES_MIN && count % ROUND == 0) {
            long[] sorted = Arrays.copyOf(ring, (int) Math.min(count, KEPT));
            Arrays.sort(sorted);
            summary = new Summary(at(sorted, 25), at(sorted, 50), at(sorted, 95));
        }
    }

    private static long at(long[] sorted, int percent) {
        return sorted[(sorted.length - 1) * percent / 100];
    }

    /** Returns what is known; null as long as there are too few answers. */
    @Nullable Summary summary() {
        return summary;
    }
}
