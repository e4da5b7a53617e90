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

    /** Files in a row that were not found in time before polls come later. */
    private static final int MISSES = 2;

    /**
     * The same where the store does not tell when a file was uploaded: Litestream uploads one in six or so at the tick
     * after the one in its header, and that one was not missed.
     */
    private static final int MISSES_UNTOLD = 3;

    /** By this much a file is uploaded later than others if that was at another tick. */
    private static final long TICK_LATER_MILLIS = 700;

    /** Files of another tick in a row before they are taken for what is usual now. */
    private static final int UNUSUAL_MAX = 3;

    /** Files that are found in time before polls come earlier, in case uploads became faster or a clock was set. */
    private static final int PATIENCE = 32;

    /** The same after some tries that were in vain. */
    private static final int PATIENCE_MAX = 128;

    /** Files found at neither of the expected times before all begins anew: a clock was set. */
    private static final int STRANGE_MAX = 3;

    private boolean known;
    private long headerNanos;

    /** The delay at which polls come. */
    private long target;

    /** As long as the delay is being looked for: one at which files are not there yet. */
    private boolean searching;

    private long tooEarly;

    /** By how much polls come earlier the next time that is tried, and later when files were missed. */
    private long fall;

    private long rise;

    /** Files found in time since the target was changed, and those after which it is lowered. */
    private int inTime;

    private int patience;

    /** By how much the target was lowered at last, until that has proved right. */
    private long unproven;

    private int misses;
    private int strange;

    /** The least time from the one in the header to the upload, by clocks that may differ, in milliseconds. */
    private long usualMillis;

    private int unusual;
    private boolean told;

    /**
     * Takes note of a file that was found by a poll.
     *
     * @param headerMillis time in its header
     * @param uploadedMillis when it was uploaded, as far as the store tells; in folders that is the time in the header
     * @param absentNanos when it was asked for in vain last
     * @param foundNanos when it was asked for and found
     */
    void found(long headerMillis, long uploadedMillis, long absentNanos, long foundNanos) {
        headerNanos = TimeUnit.MILLISECONDS.toNanos(headerMillis);
        long absent = absentNanos - headerNanos;
        long found = foundNanos - headerNanos;
        boolean isUnusual = isOfAnotherTick(uploadedMillis - headerMillis);
        if (!known || strange == STRANGE_MAX) {
            begin(absent, found);
            return;
        }
        long late = (found - absent) / PART_MIN;
        if (isMeant(absent, late)) {
            strange = 0;
            if (!isUnusual) {
                missed(absent, found);
            }
        } else if (isMeant(found, late)) {
            strange = 0;
            succeeded();
        } else {
            strange++;
        }
    }

    private boolean isOfAnotherTick(long tookMillis) {
        told |= tookMillis != 0;
        if (!known || tookMillis < usualMillis || unusual == UNUSUAL_MAX) {
            usualMillis = tookMillis;
        }
        boolean is = tookMillis - usualMillis >= TICK_LATER_MILLIS;
        unusual = is ? unusual + 1 : 0;
        return is;
    }

    private void begin(long absent, long found) {
        known = true;
        searching = true;
        tooEarly = absent;
        fall = NEAR_NANOS;
        rise = NEAR_NANOS / 2;
        patience = PATIENCE;
        strange = 0;
        unproven = 0;
        moveTo(absent + (found - absent) / 2);
    }

    private void moveTo(long delay) {
        target = delay;
        inTime = 0;
        misses = 0;
    }

    /** Tells whether a poll was one that had been meant for the time when files come. */
    private boolean isMeant(long delay, long late) {
        long after = delay - target;
        return after >= -NEAR_NANOS / 2 && after <= late;
    }

    private void missed(long absent, long found) {
        misses++;
        boolean isSoon = searching || rise > NEAR_NANOS / 2; // What is known is little, or wrong.
        if (misses < (told ? MISSES : MISSES_UNTOLD) - (isSoon ? 1 : 0)) {
            return;
        }
        if (searching) {
            long span = target - tooEarly; // Files came in time at so much later.
            tooEarly = target;
            moveTo(target + span / 2);
            searching = span > NEAR_NANOS;
        } else if (unproven > 0) {
            moveTo(target + unproven);
            unproven = 0;
            fall = NEAR_NANOS;
            patience = Math.min(2 * patience, PATIENCE_MAX);
        } else if (rise == NEAR_NANOS / 2) {
            moveTo(target + rise);
            rise *= 2;
        } else {
            begin(absent, found); // A clock was set, or there was no beat before.
        }
    }

    private void succeeded() {
        misses = 0;
        inTime++;
        if (searching) {
            moveTo(tooEarly + (target - tooEarly) / 2);
            searching = target - tooEarly > NEAR_NANOS;
            return;
        }
        rise = NEAR_NANOS / 2;
        if (unproven > 0 && inTime == PATIENCE) {
            unproven = 0;
            patience = PATIENCE;
            fall *= 2;
        }
        if (inTime >= patience) {
            unproven = fall;
            moveTo(target - fall);
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
        long beat = headerNanos + target;
        return earliest + Math.floorMod(beat - earliest, intervalNanos);
    }
}
