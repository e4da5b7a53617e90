package litestream4j.cli.demo;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/** Queries the replica again and again through a connection and on a thread of its own. */
final class Watcher implements AutoCloseable {
    private static final long PAUSE_MILLIS = 5;

    private final Connection connection;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final Map<Txid, Long> ordersSeen = new ConcurrentHashMap<>();
    private volatile Answer latest = new Answer(Txid.NONE, 0, 0);
    private final AtomicLong queries = new AtomicLong();
    private volatile @Nullable SQLException failure;

    /** What one query saw. */
    record Answer(Txid txid, long orders, double revenue) {}

    Watcher(Connection connection, String name) {
        this.connection = connection;
        this.thread = Thread.ofPlatform().daemon().name("demo-" + name).start(this::work);
    }

    Answer latest() throws IOException {
        SQLException failed = failure;
        if (failed != null) {
            throw new IOException("a query failed: " + failed.getMessage(), failed);
        }
        return latest;
    }

    long queries() {
        return queries.get();
    }

    /** Returns the numbers of orders that were seen, by transaction. */
    Map<Txid, Long> ordersSeen() {
        return ordersSeen;
    }

    private void work() {
        String sql = "SELECT litestream_txid(), count(*), sum(pieces * price)"
                + " FROM orders JOIN products ON products.id = product";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try (ResultSet rows = query.executeQuery()) {
                    rows.next();
                    Answer answer =
                            new Answer(Txid.parse(rows.getString(1)).orElseThrow(), rows.getLong(2), rows.getDouble(3));
                    ordersSeen.put(answer.txid(), answer.orders());
                    latest = answer;
                    queries.incrementAndGet();
                }
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws SQLException {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }
}
