package litestream4j.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a statement of which one call takes too long: to execute it, or to step to the next row. The timer is set
 * once for all rows that come within the time, not for each.
 */
final class QueryTimeout implements AutoCloseable {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final Statement statement;
    private @Nullable Future<?> scheduled;
    private long scheduledFor;
    private long deadline;
    private boolean running;
    private boolean over;

    QueryTimeout(Statement statement) {
        this.statement = statement;
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("litestream-query-timeout").factory());
        timer.setRemoveOnCancelPolicy(true);
        // A program that sets timeouts now and then keeps no thread for them.
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    /** Begins to count; from now on the statement may be cancelled. */
    synchronized void begin(int seconds) {
        running = true;
        over = false;
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        if (scheduled == null || deadline - scheduledFor < 0) {
            close();
            schedule(deadline - System.nanoTime());
        }
    }

    /**
     * Stops counting: a cancellation that comes late cannot hit the connection's next statement.
     *
     * @return whether the statement was cancelled
     */
    synchronized boolean end() {
        running = false;
        return over;
    }

    /** Takes back the timer, when no more calls are expected. */
    @Override
    public synchronized void close() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    private void schedule(long nanos) {
        scheduledFor = System.nanoTime() + nanos;
        scheduled = TIMER.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }

    private synchronized void look() {
        scheduled = null;
        if (!running) {
            return;
        }
        long left = deadline - System.nanoTime();
        if (left > 0) {
            schedule(left);
            return;
        }
        over = true;
        try {
            statement.cancel();
        } catch (SQLException _) {
            // The statement was closed meanwhile: it runs no longer.
        }
    }
}
