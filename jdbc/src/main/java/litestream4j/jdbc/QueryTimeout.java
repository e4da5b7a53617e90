package litestream4j.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Cancels a statement that runs too long. Begun before, closed after it. */
final class QueryTimeout implements AutoCloseable {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final Statement statement;
    private final Future<?> scheduled;
    private boolean finished;
    private boolean over;

    private QueryTimeout(Statement statement, int seconds) {
        this.statement = statement;
        this.scheduled = TIMER.schedule(this::expire, seconds, TimeUnit.SECONDS);
    }

    /** Begins to count; from now on the statement may be cancelled. */
    static QueryTimeout begin(Statement statement, int seconds) {
        return new QueryTimeout(statement, seconds);
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

    /** Under the lock, so that a cancellation that comes late cannot hit the connection's next statement. */
    private synchronized void expire() {
        if (!finished) {
            over = true;
            try {
                statement.cancel();
            } catch (SQLException _) {
                // The statement was closed meanwhile: it runs no longer.
            }
        }
    }

    synchronized boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        synchronized (this) {
            finished = true;
        }
        scheduled.cancel(false);
    }
}
