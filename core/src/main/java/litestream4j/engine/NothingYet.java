package litestream4j.engine;

import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * That a replica which is being opened holds nothing to read yet. The one that opens it tells it to those who wait for
 * that: each of them has a patience of its own. Safe for all threads.
 */
final class NothingYet {
    private volatile @Nullable Finding newest;

    private record Finding(String replica, PlanException.NotAvailable reason, String note) {}

    /**
     * Remembers what was found.
     *
     * @param note what else is known of the place, or empty
     */
    void found(String replica, PlanException.NotAvailable reason, String note) {
        newest = new Finding(replica, reason, note);
    }

    /** Fails if nothing was found so far and the patience is over. */
    void check(OpenPatience patience) throws ReplicaException.Unavailable {
        Finding found = newest;
        if (found != null && patience.isOver()) {
            throw new ReplicaException.Unavailable(
                    "%s: nothing to read after %s: %s%s; is the primary replicating there?"
                            .formatted(found.replica, patience, found.reason.getMessage(), found.note),
                    found.reason);
        }
    }

    /** Whether an open failed by {@link #check}. */
    static boolean isReasonOf(Throwable failure) {
        return failure instanceof ReplicaException.Unavailable
                && failure.getCause() instanceof PlanException.NotAvailable;
    }
}
