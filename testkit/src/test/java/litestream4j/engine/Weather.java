package litestream4j.engine;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import litestream4j.testkit.FaultyClient;
import litestream4j.testkit.FaultyClient.Fault;

/** What the store does to a simulated life: faults of some kinds at some times, and answers that take their time. */
final class Weather {
    /** Longer than any wait of the engine before it looks again: between listings, and at a file found damaged. */
    static final Duration PATIENCE = Duration.ofSeconds(70);

    private final SplittableRandom random;
    private final FakeTime time;
    private final FaultyClient client;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final boolean interleaves;
    private final int delayMaxMillis;
    private boolean faulty;
    private boolean interleaving;
    private boolean ambushed;
    private long badUntil = -PATIENCE.toNanos();

    /** Not both of missing files and old listings: together they look exactly as a replica that was begun again. */
    Weather(SplittableRandom random, FakeTime time, FaultyClient client) {
        this.random = random;
        this.time = time;
        this.client = client;
        for (Fault fault : Fault.values()) {
            if (random.nextBoolean()) {
                faults.add(fault);
            }
        }
        if (faults.contains(Fault.MISSING)) {
            faults.remove(Fault.STALE_LISTING);
        }
        interleaves = random.nextInt(3) == 0;
        delayMaxMillis = random.nextInt(4) == 0 ? 1 + random.nextInt(20_000) : 0;
    }

    void change() {
        clear();
        faulty = random.nextBoolean();
        interleaving = interleaves && random.nextBoolean();
        if (faulty) {
            client.begin(faults, 3 + random.nextInt(20));
        }
    }

    void clear() {
        client.end();
        if (!isCalm()) {
            badUntil = time.nanos();
        }
        faulty = false;
        interleaving = false;
    }

    /** Lets a request take its time. */
    void delay() {
        if (faulty && delayMaxMillis > 0 && random.nextInt(8) == 0) {
            time.advance(Duration.ofMillis(random.nextInt(delayMaxMillis)));
        }
    }

    /** Tells whether the primary acts between the requests of a reader. */
    boolean isInterleaving() {
        return interleaving;
    }

    /** Begins or ends a time in which the primary acts at the worst moments. */
    void ambushed(boolean begins) {
        if (!begins) {
            badUntil = time.nanos();
        }
        ambushed = begins;
    }

    boolean isCalm() {
        return !faulty && !interleaving && !ambushed;
    }

    /** Tells whether all that bad weather left behind is over too. */
    boolean isOver() {
        return isCalm() && time.nanos() - badUntil >= PATIENCE.toNanos();
    }

    @Override
    public String toString() {
        return "faults: %s, delays to %d ms, interleaving: %s"
                .formatted(faulty ? faults : "none", delayMaxMillis, interleaving);
    }
}
