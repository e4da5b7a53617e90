package litestream4j.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until it is moved; a wait moves it, and takes no time. Safe for all threads. */
final class FakeTime implements Time {
    /** 2026-01-15T10:30:00Z. */
    private static final Instant BEGIN = Instant.ofEpochSecond(1_768_473_000);

    private final AtomicLong nanos = new AtomicLong();

    /** What the time of day was set forward by, in nanoseconds. */
    private final AtomicLong jumps = new AtomicLong();

    private volatile Runnable meanwhile = () -> {};

    @Override
    public Instant now() {
        return BEGIN.plusNanos(nanos.get()).plusNanos(jumps.get());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void sleep(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
        meanwhile.run();
    }

    /** The same at the same moment, so that what happens depends on nothing but what moves the clock. */
    @Override
    public long jitter(long bound) {
        return new SplittableRandom(nanos.get()).nextLong(bound);
    }

    /** Sets what others do while somebody waits. */
    void meanwhile(Runnable action) {
        meanwhile = action;
    }

    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    /** Sets the time of day forward or back; waits do not notice. */
    void jump(Duration duration) {
        jumps.addAndGet(duration.toNanos());
    }
}
