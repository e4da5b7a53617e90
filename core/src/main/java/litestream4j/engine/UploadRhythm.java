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
 * one poll, and was at the next. That holds for files that come at any time as well, so what they taught is of use as
 * soon as there is a beat. Where there is one, polls are moved to the middle of what is left, and for some time after
 * each file a second one asks at its end, which tells a file that was not there yet from one that came a tick later.
 * Once the delay is known, polls come a little earlier now and then, and later when files were missed. A primary
 * without a beat is found as late as if nobody had tried.
 *
 * <p>Delays are in nanoseconds from the time in a header to one by the clock here, and mean nothing by themselves. Not
 * thread-safe.
 */
final class UploadRhythm {
    /** Nearer than this is near enough: what a request takes, and a thread that is woken. */
    static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** Intervals below this are polled as they are. */
    private static final long INTERVAL_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Two polls are not closer than this part of an interval, unless the second asks once more at the same tick. */
    private static final int PART_MIN = 4;

    /** Polls come later at once by more than this only if all is learnt anew. */
    private static final long RISE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Files in a row that were not found in time before polls come later, where nothing tells when they were uploaded:
     * Litestream uploads one in six or so at the tick after the one in its header, and that one was not missed.
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

    /** Files in a row that contradict what is known before all begins anew: a clock was set. */
    private static final int STRANGE_MAX = 3;

    /**
     * For so many intervals after a file came, polls ask twice in each as long as the delay is being looked for, or if
     * that file was not found in time.
     */
    private static final int ASKED_TWICE = 4;

    /** One file that leaves less than this part of what was possible contradicts it. */
    private static final int LEFT_PART_MIN = 8;

    private boolean known;
    private long headerNanos;
    private long foundNanos;
    private long intervalNanos;

    /** Whether the last two headers lie a number of intervals apart; without that there is no beat to go by. */
    private boolean steady;

    /** The delay at which polls come. */
    private long target;

    /** As long as the delay is being looked for: it is more than {@link #low} and at most {@link #high}. */
    private boolean searching;

    private long low;
    private long high;

    /** What would be a higher {@link #low}, unless the files in a row that say so came a tick later than others. */
    private long doubtful;

    private int doubts;

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
        long header = TimeUnit.MILLISECONDS.toNanos(headerMillis);
        steady = known && isNumberOfIntervals(header - headerNanos);
        headerNanos = header;
        this.foundNanos = foundNanos;
        long absent = absentNanos - headerNanos;
        long found = foundNanos - headerNanos;
        boolean isUnusual = isOfAnotherTick(uploadedMillis - headerMillis);
        if (!known || strange == STRANGE_MAX) {
            begin(absent, found);
        } else if (searching) {
            narrow(absent, found, isUnusual);
        } else {
            judge(absent, found, isUnusual);
        }
    }

    private boolean isNumberOfIntervals(long nanos) {
        long part = Math.floorMod(nanos, Math.max(intervalNanos, 1));
        return Math.min(part, intervalNanos - part) < 2 * NEAR_NANOS;
    }

    private boolean isOfAnotherTick(long tookMillis) {
        told |= tookMillis != 0;
        if (!steady || tookMillis < usualMillis || unusual == UNUSUAL_MAX) {
            usualMillis = tookMillis;
        }
        boolean is = tookMillis - usualMillis >= TICK_LATER_MILLIS;
        unusual = is ? unusual + 1 : 0;
        return is;
    }

    private void begin(long absent, long found) {
        known = true;
        low = absent;
        high = found;
        doubts = 0;
        fall = NEAR_NANOS;
        rise = NEAR_NANOS / 2;
        patience = PATIENCE;
        strange = 0;
        unproven = 0;
        search();
    }

    private void search() {
        searching = high - low > NEAR_NANOS;
        moveTo(searching ? low + (high - low) / 2 : high);
    }

    /** While the delay is being looked for. */
    private void narrow(long absent, long found, boolean isUnusual) {
        long left = Math.min(high, found) - Math.max(low, absent);
        if (left < (high - low) / LEFT_PART_MIN) {
            strange++; // A file a tick later than the others touches what they say at its edge.
            return;
        }
        strange = 0;
        if (absent <= low) {
            doubts = 0;
        } else if (isAbsenceSure(absent, found, isUnusual)) {
            low = absent;
            doubts = 0;
        } else if (!isTold()) {
            doubtful = doubts == 0 ? absent : Math.min(absent, doubtful);
            doubts++;
            if (doubts == MISSES_UNTOLD) {
                low = doubtful;
                doubts = 0;
            }
        }
        high = Math.min(high, found);
        search();
    }

    /** Once the delay is known. */
    private void judge(long absent, long found, boolean isUnusual) {
        long late = (found - absent) / PART_MIN;
        if (isMeant(absent, late)) {
            strange = 0;
            missed(absent, found, isUnusual);
        } else if (isMeant(found, late)) {
            strange = 0;
            succeeded();
        } else if (absent < target && found > target) {
            strange = 0; // At another time than those before, but no later after it.
        } else {
            strange++;
        }
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

    private void missed(long absent, long found, boolean isUnusual) {
        misses++;
        if (!isAbsenceSure(absent, found, isUnusual) && (isTold() || misses < MISSES_UNTOLD)) {
            return;
        }
        if (unproven > 0) {
            moveTo(target + unproven);
            unproven = 0;
            fall = NEAR_NANOS;
            patience = Math.min(2 * patience, PATIENCE_MAX);
        } else if (rise <= RISE_MAX_NANOS) {
            moveTo(target + rise);
            rise *= 2;
        } else {
            begin(absent, found); // A clock was set.
        }
    }

    /** Tells whether a file that was asked for in vain came later than others, and not just at a later tick. */
    private boolean isAbsenceSure(long absent, long found, boolean isUnusual) {
        return found - absent < intervalNanos / 2 || (isTold() && !isUnusual);
    }

    /** Tells whether it can be seen when the store says that a file came a tick later. */
    private boolean isTold() {
        return told && steady;
    }

    private void succeeded() {
        misses = 0;
        inTime++;
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
     * Returns when to poll next: as long after the last time as the interval says; where there is a beat, up to a
     * quarter later or three quarters earlier, once, to meet it; and soon after a poll that is to be repeated at the
     * same tick.
     *
     * @param lastNanos when the last poll began
     */
    long next(long lastNanos, long intervalNanos) {
        this.intervalNanos = intervalNanos;
        if (!steady || intervalNanos < INTERVAL_MIN_NANOS) {
            return lastNanos + intervalNanos;
        }
        long twice = searching ? high - target : misses > 0 ? 2 * NEAR_NANOS : 0;
        if (twice > 0 && lastNanos - foundNanos < ASKED_TWICE * intervalNanos) {
            long after = Math.floorMod(lastNanos - headerNanos - target, intervalNanos);
            if (after < twice / 2) {
                return lastNanos + twice - after;
            }
        }
        long earliest = lastNanos + intervalNanos / PART_MIN;
        long beat = headerNanos + target;
        return earliest + Math.floorMod(beat - earliest, intervalNanos);
    }
}
