package litestream4j.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who have pages fetched ahead of demand, and share the memory for them. A reader is one from its first scan in a
 * transaction to the end of that. Safe for all threads.
 */
final class Askers {
    /** Enough for what 5 streams of 80 MB/s bring in the 20 ms that a request takes, as compressed as pages are. */
    private static final long SHARE_MAX_BYTES = 8 * 1024 * 1024;

    private final long budgetBytes;
    private final AtomicInteger reading = new AtomicInteger();
    private volatile boolean someoneLeft;

    /** One of them; used by one thread at a time. */
    final class Asker {
        private volatile boolean isReading;

        void begin() {
            if (!isReading) {
                isReading = true;
                reading.incrementAndGet();
            }
        }

        void end() {
            if (isReading) {
                isReading = false;
                reading.decrementAndGet();
                someoneLeft = true;
            }
        }

        /** Tells whether it may still want what it asked for; others may see that late. */
        boolean isReading() {
            return isReading;
        }
    }

    /** @param budgetBytes what they share */
    Askers(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** Returns what each of them may have on its way or waiting, in bytes. */
    long shareBytes() {
        return Math.min(SHARE_MAX_BYTES, budgetBytes / Math.max(1, reading.get()));
    }

    /** Tells whether one of them stopped reading since this was asked last. */
    boolean takeLeavers() {
        boolean left = someoneLeft;
        someoneLeft = false;
        return left;
    }
}
