package litestream4j.bench;

import java.util.Locale;

/**
 * Counts durations, each to one part in 64: enough for a quantile, in no more memory however many there are. Used by
 * one thread.
 */
final class DurationHistogram {
    private static final int BITS = 6;

    private final long[] counts = new long[(Long.SIZE - BITS) << BITS];
    private long count;
    private long max;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        count++;
        max = Math.max(max, nanos);
    }

    long count() {
        return count;
    }

    long maxNanos() {
        return max;
    }

    /** Returns the least duration that so large a part of all do not exceed, or 0 if there are none. */
    long nanos(double quantile) {
        long left = (long) Math.ceil(quantile * count);
        for (int bucket = 0; bucket < counts.length && left > 0; bucket++) {
            left -= counts[bucket];
            if (left <= 0) {
                return Math.min(max, greatest(bucket));
            }
        }
        return 0;
    }

    /** Returns the numbers as a host answers them. */
    String answer() {
        return String.format(
                Locale.ROOT,
                "count=%d\tmedian=%d\tp99=%d\tp999=%d\tmax=%d",
                count,
                nanos(0.5),
                nanos(0.99),
                nanos(0.999),
                max);
    }

    /** The first 64 durations have a bucket each, and then each power of two has 64 for its part. */
    private static int bucket(long nanos) {
        int shift = Math.max(0, Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(nanos | 1));
        return (int) (((long) shift << BITS) + (nanos >>> shift));
    }

    private static long greatest(int bucket) {
        int shift = Math.max(0, (bucket >> BITS) - 1);
        return ((bucket - ((long) shift << BITS) + 1) << shift) - 1;
    }
}
