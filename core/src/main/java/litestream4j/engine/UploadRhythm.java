package litestream4j.engine;

import java.util.concurrent.TimeUnit;

/**
 * When in the beat of the primary a poll finds the newest file soon after it came. Litestream uploads at the ticks of
 * a timer (each second, as it comes), however rarely something is written, and the headers of the files tell when those
 * were. A poll that comes any time in between finds a file half an interval late, in the mean; one that comes just
 * after the tick needs no more requests.
 *
 * <p>How long after the time in a header a file can be found, by the clock here, is unknown at first: the clocks of
 * primary and reader differ, and uploads take their time. Each file that is found narrows it down: it was not there at
 * one poll, and was at the next. So polls are moved half way towards the earlier time as long as that goes well, and
 * back when it did not. A primary without a beat is found as late as if nobody had tried.
 *
 * <p>Delays are in nanoseconds from the time in a header to one by the clock here, and mean nothing by themselves. Not
 * thread-safe.
 */
final class UploadRhythm {
    /** Nearer than this is near enough: what a request takes, and a thread that is woken. */
    static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** Intervals below this are polled as they are. */
    private static final long INTERVAL_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Two polls are not closer than this part of an interval. */
    private static final int PART_MIN = 4;

    /** Files that were found in time before polls come earlier again, once the delay is known. */
    private static final int PATIENCE = 16;

    /** The same where that is a try whether uploads became faster, or the clocks went apart. */
    private static final int PATIENCE_NEAR = 64;

    /** Files found at neither of the expected times before all begins anew: a clock was set. */
    private static final int STRANGE_MAX = 3;

    private boolean known;
    private boolean settled;
    private long headerNanos;

    /** A delay at which a file was not there yet, and how much later than that polls come. */
    private long tooEarly;

    private long margin;

    /** By which polls come earlier the next time that one tries. */
    private long step;

    private int inTime;
    private int strange;

    /**
     * Takes note of a file that was found by a poll.
     *
     * @param headerMillis time in its header
     * @param absentNanos when it was asked for in vain last
     * @param foundNanos when it was asked for and found
     */
    void found(long headerMillis, long absentNanos, long foundNanos) {
        headerNanos = TimeUnit.MILLISECONDS.toNanos(headerMillis);
        long absent = absentNanos - headerNanos;
        long found = foundNanos - headerNanos;
        if (!known || strange == STRANGE_MAX) {
            known = true;
            settled = false;
            begin(absent, found);
            return;
        }
        long late = (found - absent) / PART_MIN;
        if (isAfterTarget(absent, late)) {
            missed(absent, found);
        } else if (isAfterTarget(found, late)) {
            succeeded();
        } else {
            strange++;
        }
    }

    private void begin(long absent, long found) {
        tooEarly = absent;
        margin = found - absent;
        step = NEAR_NANOS / 2;
        inTime = 0;
        strange = 0;
    }

    /** Tells whether a poll was one that had been meant for the time when files come. */
    private boolean isAfterTarget(long delay, long late) {
        long after = delay - (tooEarly + margin);
        return after >= -NEAR_NANOS / 2 && after <= late;
    }

    private void missed(long absent, long found) {
        tooEarly = absent;
        step = NEAR_NANOS / 2;
        if (settled) {
            margin = Math.min(2 * margin, found - absent); // Uploads do not all take the same time.
        }
        inTime = 0;
        strange = 0;
    }

    private void succeeded() {
        inTime++;
        strange = 0;
        if (margin > NEAR_NANOS) {
            if (!settled || inTime >= PATIENCE) {
                margin = Math.max(NEAR_NANOS, margin / 2);
                inTime = 0;
            }
            settled |= margin == NEAR_NANOS;
        } else if (inTime >= PATIENCE_NEAR) {
            tooEarly -= step;
            step *= 2; // Else a clock that was set would never be caught up with.
            inTime = 0;
        }
    }

    /**
     * Returns when to poll next: as long after the last time as the interval says, or up to a quarter later or three
     * quarters earlier, once, where that meets the beat.
     *
     * @param lastNanos when the last poll began
     */
    long next(long lastNanos, long intervalNanos) {
        if (!known || intervalNanos < INTERVAL_MIN_NANOS) {
            return lastNanos + intervalNanos;
        }
        long earliest = lastNanos + intervalNanos / PART_MIN;
        long beat = headerNanos + tooEarly + margin;
        return earliest + Math.floorMod(beat - earliest, intervalNanos);
    }
}
