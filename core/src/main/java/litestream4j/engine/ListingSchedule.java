package litestream4j.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a follower lists the replica: at intervals, when a reader met a surprise, and when it has doubts itself; in that
 * last case less and less often while listings bring nothing, since a doubt can last for days and a listing costs ten
 * times as much as a read. As long as the next transactions are found by name there is not much that a listing could
 * tell, and it is put off.
 */
final class ListingSchedule {
    private static final long PATIENCE_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Time time;
    private final long intervalNanos;
    private final long intervalMaxNanos;
    private long listedAt;
    private long progressedAt;
    private long patienceNanos;
    private boolean doubtful;

    /** The present listing is made because of a doubt. */
    private boolean asked;

    /** Set by readers. */
    private volatile boolean surprised;

    /**
     * Opening counts as a listing.
     *
     * @param interval between two listings while nothing is doubtful, and nothing is found without
     * @param intervalMax the same while something is
     */
    ListingSchedule(Time time, Duration interval, Duration intervalMax) {
        this.time = time;
        this.intervalNanos = interval.toNanos();
        this.intervalMaxNanos = intervalMax.toNanos();
        this.listedAt = time.nanos();
        this.progressedAt = listedAt;
    }

    /** Makes a listing due at once. Safe for all threads. */
    void surprise() {
        surprised = true;
    }

    /** Takes note that only a listing can tell what is the matter. */
    void doubt() {
        doubtful = true;
    }

    /** Takes note that the next transactions were found without a listing. */
    void progressed() {
        progressedAt = time.nanos();
    }

    boolean isDoubtful() {
        return doubtful;
    }

    boolean isDue() {
        return surprised || isIntervalOver() || (doubtful && isPatienceOver());
    }

    private boolean isIntervalOver() {
        long now = time.nanos();
        return now - listedAt >= intervalMaxNanos
                || (now - listedAt >= intervalNanos && now - progressedAt >= intervalNanos);
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
