package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The newest view of a replica, and the thread that keeps it new by polling. Safe for all threads. */
final class Following {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** How often somebody who waits for a transaction makes the follower look. */
    private static final long HURRIED_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long FAILURE_LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Follower follower;
    private final PollTimer timer;
    private final String replica;
    private final Time time;
    private final Consumer<Snapshot> published;
    private final Moment opened;

    /** Written by the follower's thread only; a reader takes all that it sees from one read of it. */
    private volatile Snapshot newest;

    /** The end of the last poll that reached the newest transaction. */
    private volatile @Nullable Moment reached;

    private volatile long pollEndedAt;
    private long pollBeganAt;
    private volatile boolean closed;
    private long failureLoggedAt;

    /** @param published told of each view before readers can see it */
    Following(Follower follower, PollTimer timer, String replica, Time time, Consumer<Snapshot> published) {
        this.follower = follower;
        this.timer = timer;
        this.replica = replica;
        this.time = time;
        this.published = published;
        this.newest = follower.view();
        this.opened = Moment.now(time);
        this.pollEndedAt = time.nanos();
        this.pollBeganAt = pollEndedAt;
    }

    Snapshot newest() {
        return newest;
    }

    /** Returns what says when to poll. */
    PollTimer timer() {
        return timer;
    }

    /** Returns the time since the newest transaction was last reached, or empty before the first poll. */
    Optional<Duration> lag() {
        return Optional.ofNullable(reached).map(moment -> moment.age(time));
    }

    /** Returns the time since the newest transaction was last reached; opening counts. */
    Duration age() {
        Moment last = reached;
        return (last == null ? opened : last).age(time);
    }

    /** Begins to poll on a thread of its own, until {@link #close}. */
    void start() {
        new EngineThread("litestream-follow", this::follow).start();
    }

    private void follow() {
        while (!closed) {
            try {
                if (timer.await(this::nextPollAt)) {
                    pollBeganAt = time.nanos();
                    poll();
                }
            } catch (InterruptedException _) {
                // Only close ends this: a reader that silently falls behind is worse than any failure here.
            } catch (Throwable e) {
                logFailure(e);
            }
        }
    }

    /** Also where polls take longer than the interval, there is a pause between two of them. */
    private long nextPollAt(long intervalNanos) {
        long last = Math.max(pollBeganAt, pollEndedAt - intervalNanos / 2);
        return follower.rhythm().next(last, intervalNanos);
    }

    /** Makes the next poll happen now, unless the last one ended only just. */
    void wakeIfIdle() {
        if (time.nanos() - pollEndedAt >= HURRIED_POLL_NANOS) {
            timer.wake();
        }
    }

    /** Makes the next poll list the replica, and happen at once. */
    void surprise() {
        follower.surprise();
        timer.wake();
    }

    /** Polls once and publishes what it brought. Called by one thread at a time. */
    void poll() throws IOException {
        boolean reachedNewest = false;
        EngineEvents.Poll event = EngineEvents.poll();
        try {
            reachedNewest = follower.poll(() -> publish(follower.view()));
        } finally {
            // Also what was reached before a failure.
            publish(follower.view());
            pollEndedAt = time.nanos();
            if (event != null) {
                event.end(replica, reachedNewest);
            }
        }
        if (reachedNewest) {
            reached = Moment.now(time);
        } else if (follower.hasMore()) {
            timer.wake();
        }
    }

    private void publish(Snapshot view) {
        if (view != newest) {
            published.accept(view);
            newest = view;
            EngineEvents.published(replica, view);
        }
    }

    private void logFailure(Throwable failure) {
        long now = time.nanos();
        if (closed || (failureLoggedAt != 0 && now - failureLoggedAt < FAILURE_LOG_NANOS)) {
            return;
        }
        failureLoggedAt = now == 0 ? 1 : now;
        try {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: cannot look for new transactions, still at txid {1}: {2}",
                    replica,
                    newest.txid(),
                    failure instanceof IOException ? failure.getMessage() : failure);
        } catch (RuntimeException | Error _) {
            // As when memory is short: there will be a next time.
        }
    }

    /** Ends polling. A poll that is under way ends when its requests do. */
    void close() {
        closed = true;
        timer.close();
    }
}
