package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import litestream4j.replica.ReplicaException;

/** Loads the first view of a replica, and waits for it as long as the replica holds nothing to read. */
final class OpenWait {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** A first file that is still damaged after that is not one whose upload was seen half done. */
    private static final long UPLOAD_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long STEP_MILLIS = 20;

    private final Calls calls;
    private final ViewLoader views;
    private final Duration pollInterval;
    private final OpenPatience patience;
    private final NothingYet nothing;
    private final Time time;

    /**
     * Prepares to wait.
     *
     * @param patience of the connection that opens
     * @param nothing is told what the others who wait for this need to know
     */
    OpenWait(
            Calls calls,
            ViewLoader views,
            Duration pollInterval,
            OpenPatience patience,
            NothingYet nothing,
            Time time) {
        this.calls = calls;
        this.views = views;
        this.pollInterval = pollInterval;
        this.patience = patience;
        this.nothing = nothing;
        this.time = time;
    }

    Snapshot load(Cancellation cancellation) throws IOException {
        long begin = time.nanos();
        long loggedAt = begin - LOG_NANOS;
        CorruptFileException damage = null;
        while (true) {
            try {
                return calls.await(() -> views.load(Target.LATEST), cancellation);
            } catch (PlanException.Gap e) {
                throw e.in(calls.replica());
            } catch (CorruptFileException e) {
                throw e.in(calls.replica());
            } catch (PlanException.NotAvailable e) {
                refuseLegacyLayout(cancellation);
                long now = time.nanos();
                if (e.getCause() instanceof CorruptFileException found) {
                    damage = found;
                }
                if (damage != null && now - begin >= UPLOAD_NANOS) {
                    throw damage.in(calls.replica());
                }
                nothing.found(calls.replica(), e, calls.placeNote());
                nothing.check(patience);
                if (now - loggedAt >= LOG_NANOS) {
                    loggedAt = now;
                    LOG.log(
                            System.Logger.Level.INFO,
                            "{0}: waiting for a first snapshot: {1}{2}",
                            calls.replica(),
                            e.getMessage(),
                            calls.placeNote());
                }
            }
            pause(pollInterval, cancellation);
        }
    }

    private void refuseLegacyLayout(Cancellation cancellation) throws IOException {
        Optional<String> generation = calls.await(calls::findLegacyGeneration, cancellation);
        if (generation.isPresent()) {
            throw new PlanException.LegacyLayout(calls.replica(), generation.get());
        }
    }

    private void pause(Duration interval, Cancellation cancellation) throws ReplicaException {
        long end = time.nanos() + interval.toNanos();
        try {
            do {
                if (cancellation.isCancelled()) {
                    throw new ReplicaException.Interrupted(
                            calls.replica() + ": interrupted while waiting for a first snapshot");
                }
                time.sleep(Math.min(STEP_MILLIS, interval.toMillis() + 1));
            } while (time.nanos() < end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(
                    calls.replica() + ": interrupted while waiting for a first snapshot", e);
        }
    }
}
