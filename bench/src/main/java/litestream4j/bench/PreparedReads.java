package litestream4j.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The reads of a {@link JdbcHost} that are repeated, with what it answers. */
final class PreparedReads {
    private PreparedReads() {}

    /**
     * Runs a statement over and over.
     *
     * @param numbered whether it has a parameter, which takes the number of the run
     */
    static String repeat(PreparedStatement statement, boolean numbered, long nanos) throws SQLException {
        long begin = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - begin < nanos) {
            if (numbered) {
                statement.setInt(1, count);
            }
            drain(statement);
            count++;
        }
        return JdbcHost.ms(begin) + "\tcount=" + count;
    }

    /** Runs statements of several connections, each on a thread of its own. */
    static String together(List<PreparedStatement> statements) throws SQLException, InterruptedException {
        List<Callable<Boolean>> runs = new ArrayList<>();
        for (PreparedStatement statement : statements) {
            runs.add(() -> {
                drain(statement);
                return true;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(runs.size())) {
            long begin = System.nanoTime();
            for (Future<Boolean> run : threads.invokeAll(runs)) {
                run.get();
            }
            return JdbcHost.ms(begin);
        } catch (ExecutionException e) {
            throw new SQLException(e.getCause());
        }
    }

    static String lookups(PreparedStatement statement, int low, int high, long nanos) throws SQLException {
        int[] keys = new Random(1).ints(1000, low, high + 1).toArray();
        long begin = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - begin < nanos) {
            for (int key : keys) {
                statement.setInt(1, key);
                drain(statement);
            }
            count += keys.length;
        }
        return JdbcHost.ms(begin) + "\tcount=" + count;
    }

    /** As {@link #lookups}, but each with its duration; half as long before, to warm up. */
    static String durations(PreparedStatement statement, int low, int high, long nanos) throws SQLException {
        lookups(statement, low, high, nanos / 2);
        int[] keys = new Random(1).ints(1000, low, high + 1).toArray();
        DurationHistogram durations = new DurationHistogram();
        long begin = System.nanoTime();
        for (long now = begin; now - begin < nanos; ) {
            statement.setInt(1, keys[(int) (durations.count() % keys.length)]);
            drain(statement);
            long end = System.nanoTime();
            durations.add(end - now);
            now = end;
        }
        return durations.answer();
    }

    static String scan(PreparedStatement statement, long low, long high, long step, long nanos) throws SQLException {
        long begin = System.nanoTime();
        long reached = low;
        while (reached < high && System.nanoTime() - begin < nanos) {
            long upper = Math.min(high, reached + step);
            statement.setLong(1, reached);
            statement.setLong(2, upper);
            drain(statement);
            reached = upper;
        }
        return JdbcHost.ms(begin) + "\treached=" + reached;
    }

    static String watch(PreparedStatement statement, long value, long nanos) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < nanos) {
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next() && rows.getLong(1) >= value) {
                    return "micros=" + ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                }
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new IllegalStateException("not " + value + " within " + Duration.ofNanos(nanos));
    }

    private static void drain(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
    }
}
