package litestream4j.engine;

/**
 * Those who have pages fetched ahead of demand, and share the memory for them: readers in a transaction, as long as
 * pages that they asked for are on their way or wait. Safe for all threads.
 */
final class Askers {
    /** Enough for what 5 streams of 80 MB/s bring in the 20 ms that a request takes, as compressed as pages are. */
    private static final long SHARE_MAX_BYTES = 8 * 1024 * 1024;

    private final long budgetBytes;

    /** Those who share. Guarded by this, as what follows. */
    private int sharing;

    private boolean someoneLeft;

    /** One of them. */
    final class Asker {
        /** Written by the reader's thread only. */
        private volatile boolean isReading;

        /** On their way or waiting. Guarded by the askers, as what follows. */
        private int pages;

        private boolean shares;

        /** Says that pages are asked for in a transaction from now on. To be called by one thread at a time. */
        void begin() {
            if (!isReading) {
                synchronized (Askers.this) {
                    isReading = true;
                    update();
                }
            }
        }

        /** Says that the transaction ended. To be called by one thread at a time. */
        void end() {
            if (isReading) {
                synchronized (Askers.this) {
                    isReading = false;
                    someoneLeft |= pages > 0;
                    update();
                }
            }
        }

        /** Takes note that a page was asked for. */
        void asked() {
            synchronized (Askers.this) {
                pages++;
                update();
            }
        }

        /** Takes note that a page was taken over, or dropped. */
        void gone() {
            synchronized (Askers.this) {
                pages--;
                update();
            }
        }

        private void update() {
            boolean now = isReading && pages > 0;
            if (now != shares) {
                shares = now;
                sharing += now ? 1 : -1;
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
    synchronized long shareBytes() {
        return Math.min(SHARE_MAX_BYTES, budgetBytes / Math.max(1, sharing));
    }

    /** Tells whether one of them left pages behind since this was asked last. */
    synchronized boolean takeLeavers() {
        boolean left = someoneLeft;
        someoneLeft = false;
        return left;
    }
}
