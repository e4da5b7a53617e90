package litestream4j.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a follower lists the replica: at intervals, when a reader met a surprise, and when it has doubts itself; in that
 * last case less and less often while listings bring nothing, since a doubt can last for days and a listing costs ten
 * times as much as a read.
 */
final class ListingSchedule {
    private static final long PATIENCE_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Time time;
    private final long intervalNanos;
    private long listedAt;
    private long patienceNanos;
    private boolean doubtful;

    /** The present listing is made because of a doubt. */
    private boolean asked;

    /** Set by readers. */
    private volatile boolean surprised;

    /** @param interval between two listings while nothing is doubtful; opening counts as one */
    ListingSchedule(Time time, Duration interval) {
        this.time = time;
        this.intervalNanos = interval.toNanos();
        this.listedAt = time.nanos();
    }

    /** Makes a listing due at once. Safe for all threads. */
    void surprise() {
        surprised = true;
    }

    /** Takes note that only a listing can tell what is the matter. */
    void doubt() {
        doubtful = true;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    boolean isDue() {
        long since = time.nanos() - listedAt;
        return surprised || since >= intervalNanos || (doubtful && isPatienceOver());
    }

    /** Tells whether it is time to look again at what brought nothing the last time. */
    boolean isPatienceOver() {
        return time.nanos() - listedAt >= patienceNanos;
    }

    /** Begins a listing: what was doubtful before is not any more, but what turns up from here on is. */
    void begin() {
        surprised = false;
        asked = doubtful;
        doubtful = false;
        listedAt = time.nanos();
    }

    /** Ends a poll that listed. */
    void brought(boolean something) {
        boolean inVain = asked && !something;
        patienceNanos = inVain ? Math.clamp(2 * patienceNanos, PATIENCE_MIN_NANOS, intervalNanos) : 0;
    }
}
