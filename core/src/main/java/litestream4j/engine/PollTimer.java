package litestream4j.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;

/**
 * When to poll next: as often as the connection that wants it most often, and at once when somebody waits. Safe for
 * all threads.
 */
final class PollTimer {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Duration withoutWishes;

    /** One of each connection. Guarded by the lock, as all that follows. */
    private final List<Duration> wishes = new ArrayList<>();

    private boolean woken;
    private boolean closed;

    /** @param withoutWishes the interval while nobody wishes for one */
    PollTimer(Duration withoutWishes) {
        this.withoutWishes = withoutWishes;
    }

    /** Asks for polls at least this often, until {@link #remove}. */
    void add(Duration interval) {
        lock.lock();
        try {
            wishes.add(interval);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes back one wish. */
    void remove(Duration interval) {
        lock.lock();
        try {
            wishes.remove(interval);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the time between two polls, as it is now. */
    Duration interval() {
        lock.lock();
        try {
            return wishes.stream().min(Comparator.naturalOrder()).orElse(withoutWishes);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the next poll happen at once. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until it is time to poll.
     *
     * @param due tells when that is, by {@link System#nanoTime}, for an interval in nanoseconds
     * @return false once this is closed
     */
    boolean await(LongUnaryOperator due) throws InterruptedException {
        lock.lock();
        try {
            while (!closed && !woken) {
                // Asked again each time: a connection that wants more polls may have come meanwhile.
                long remaining = due.applyAsLong(interval().toNanos()) - System.nanoTime();
                if (remaining <= 0) {
                    break;
                }
                long _ = changed.awaitNanos(remaining);
            }
            woken = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waits, now and in future. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
