package litestream4j.engine;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Those who have pages fetched ahead of demand, and share the memory for them: readers in a transaction, or out of one
 * not for long, as long as pages that they asked for are on their way or wait. A program that goes through a table in
 * one short query after the other so finds what the last one left. Safe for all threads.
 */
final class Askers {
    /** Enough for what 5 streams of 80 MB/s bring in the 20 ms that a request takes, as compressed as pages are. */
    private static final long SHARE_MAX_BYTES = 8 * 1024 * 1024;

    /** How long after its transaction a reader may come back for its pages. */
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long budgetBytes;
    private final LongSupplier nanos;

    /** Those who share. Guarded by this, as what follows. */
    private int sharing;

    /** Those whose transaction ended not long ago and who left pages, in that order. */
    private final Set<Asker> leavers = new LinkedHashSet<>();

    private boolean someoneLeft;

    /** One of them. */
    final class Asker {
        /** Written by the reader's thread only. */
        private volatile boolean isReading;

        private volatile boolean mayReturn;

        /** On their way or waiting. Guarded by the askers, as what follows. */
        private int pages;

        private long leftAt;
        private boolean shares;

        /** Says that pages are asked for in a transaction from now on. To be called by one thread at a time. */
        void begin() {
            if (!isReading) {
                synchronized (Askers.this) {
                    isReading = true;
                    leavers.remove(this);
                    update();
                }
            }
        }

        /** Says that the transaction ended. To be called by one thread at a time. */
        void end() {
            if (isReading) {
                synchronized (Askers.this) {
                    isReading = false;
                    if (pages > 0) {
                        leftAt = nanos.getAsLong();
                        leavers.add(this);
                    }
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
                if (pages == 0) {
                    leavers.remove(this);
                }
                update();
            }
        }

        private void update() {
            mayReturn = isReading || leavers.contains(this);
            boolean now = mayReturn && pages > 0;
            if (now != shares) {
                shares = now;
                sharing += now ? 1 : -1;
            }
        }

        /** Tells whether it may still want what it asked for; others may see that late. */
        boolean mayReturn() {
            return mayReturn;
        }
    }

    /**
     * @param budgetBytes what they share
     * @param nanos a monotonic clock
     */
    Askers(long budgetBytes, LongSupplier nanos) {
        this.budgetBytes = budgetBytes;
        this.nanos = nanos;
    }

    /** Returns what each of them may have on its way or waiting, in bytes. */
    synchronized long shareBytes() {
        expire();
        return Math.min(SHARE_MAX_BYTES, budgetBytes / Math.max(1, sharing));
    }

    /** Tells whether one of them left pages behind for good since this was asked last. */
    synchronized boolean takeLeavers() {
        expire();
        boolean left = someoneLeft;
        someoneLeft = false;
        return left;
    }

    private void expire() {
        if (leavers.isEmpty()) {
            return;
        }
        long now = nanos.getAsLong();
        for (Iterator<Asker> each = leavers.iterator(); each.hasNext(); ) {
            Asker asker = each.next();
            if (now - asker.leftAt < GRACE_NANOS) {
                return; // Those after it left later.
            }
            each.remove();
            asker.update();
            someoneLeft = true;
        }
    }
}
