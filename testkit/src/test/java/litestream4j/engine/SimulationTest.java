package litestream4j.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Goal: no reader ever sees bytes that no single transaction had, whatever the replica, the store and the clock do, and
 * the newest state is reached when they let it be. Method: see {@link Simulation}. A failure prints its seed; with
 * {@code -Dtest.seed=<seed> -Dtest.lives=1} the same life is lived again.
 */
@ExtendWith(Quiet.class)
class SimulationTest {
    @Test
    void readersSeeExactSnapshotsInEveryLife() {
        // The same lives in each build, so that one that is red is so for what was changed; others by -Dtest.seed.
        long first = Long.getLong("test.seed", 1);
        int lives = Integer.getInteger("test.lives", 2500);
        for (long seed = first; seed < first + lives; seed++) {
            live(seed);
        }
    }

    /** Lives one life; a failure names the seed, and what happened last. */
    static void live(long seed) {
        Simulation simulation = null;
        try {
            simulation = new Simulation(seed);
            simulation.run();
        } catch (Exception | AssertionError e) {
            String trace = simulation == null
                    ? "before the first step"
                    : simulation.trace().toString();
            throw new AssertionError("-Dtest.seed=%d -Dtest.lives=1: %s\n%s".formatted(seed, e, trace), e);
        }
    }
}
