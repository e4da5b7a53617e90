package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import litestream4j.ltx.Txid;
import litestream4j.replica.ReplicaException;

/** What readers wait for: a transaction, a fresh view, another view than a lost one. Safe for all threads. */
final class Waits {
    /** The longest that a transaction waits for a poll before it is told that the replica is out of reach. */
    private static final Duration REFRESH_MAX = Duration.ofSeconds(2);

    private static final long STEP_MILLIS = 10;

    private final Following following;
    private final String replica;
    private final Time time;

    Waits(Following following, String replica, Time time) {
        this.following = following;
        this.replica = replica;
        this.time = time;
    }

    /**
     * Sees to it that the newest transaction was reached not longer ago than a limit: if it was, polls at once and
     * waits for that, but not longer than the limit again or {@link #REFRESH_MAX}.
     *
     * @throws StaleException if that failed
     */
    void refresh(Duration maxLag, Cancellation cancellation) throws IOException {
        if (following.age().compareTo(maxLag) <= 0) {
            return;
        }
        following.timer().wake();
        Duration limit = maxLag.compareTo(REFRESH_MAX) < 0 ? maxLag : REFRESH_MAX;
        if (!await(() -> following.age().compareTo(maxLag) <= 0, limit, cancellation)) {
            throw new StaleException(replica, following.age(), maxLag);
        }
    }

    /**
     * Gives the follower a moment to find another view if the newest one was lost; not more, since there may be none,
     * and the loss may have been a passing one.
     */
    void replaceLost(Cancellation cancellation) throws IOException {
        Snapshot view = following.newest();
        if (view.isLost()) {
            following.surprise();
            await(() -> following.newest() != view || !view.isLost(), REFRESH_MAX, cancellation);
            view.setLost(false);
        }
    }

    /**
     * Waits until the newest view includes a transaction; polls more often meanwhile.
     *
     * @return whether it does; false if the time was over before
     */
    boolean awaitTxid(Txid txid, Duration limit, Cancellation cancellation) throws IOException {
        return await(
                () -> {
                    boolean reached = !following.newest().txid().isBefore(txid);
                    if (!reached) {
                        following.wakeIfIdle();
                    }
                    return reached;
                },
                limit,
                cancellation);
    }

    private boolean await(BooleanSupplier condition, Duration limit, Cancellation cancellation) throws IOException {
        long begin = time.nanos();
        while (!condition.getAsBoolean()) {
            if (time.nanos() - begin >= limit.toNanos()) {
                return false;
            }
            if (cancellation.isCancelled()) {
                throw new ReplicaException.Interrupted(replica + ": interrupted while waiting for the replica");
            }
            try {
                time.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ReplicaException.Interrupted(replica + ": interrupted while waiting for the replica", e);
            }
        }
        return true;
    }
}
