package litestream4j.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * A point in time by both clocks. The monotonic one stands still while the machine is suspended, and the time of day
 * can be set back: the greater of the two ages is the one that somebody who must not see old data wants to know.
 *
 * @param nanos by {@link Time#nanos}
 * @param instant by {@link Time#now}
 */
record Moment(long nanos, Instant instant) {
    static Moment now(Time time) {
        return new Moment(time.nanos(), time.now());
    }

    /** Returns the time since then. */
    Duration age(Time time) {
        Duration monotonic = Duration.ofNanos(time.nanos() - nanos);
        Duration ofDay = Duration.between(instant, time.now());
        return monotonic.compareTo(ofDay) >= 0 ? monotonic : ofDay;
    }
}
