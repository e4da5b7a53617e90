package litestream4j.engine;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The clock and the waits of an engine; a simulation brings its own. */
public interface Time {
    /** The machine's clock. */
    Time SYSTEM = new Time() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long millis) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    };

    /** Returns the time of day. */
    Instant now();

    /** Returns a monotonic clock, in nanoseconds from any origin. */
    long nanos();

    void sleep(long millis) throws InterruptedException;

    /** Returns a part of a wait that is left to chance, from 0 to less than a bound. */
    default long jitter(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }
}
