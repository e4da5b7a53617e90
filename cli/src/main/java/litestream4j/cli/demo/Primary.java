package litestream4j.cli.demo;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import litestream4j.cli.publish.Publication;
import litestream4j.cli.publish.Publisher;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/** Takes orders on a thread of its own, and publishes after each transaction, as Litestream would. */
final class Primary implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Shop shop;
    private final Publisher publisher;
    private final Random random = new Random(2);
    private final NavigableMap<Txid, State> history = new ConcurrentSkipListMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("demo-primary").unstarted(this::work);
    private volatile @Nullable Exception failure;

    /**
     * A state that was published.
     *
     * @param time its stamp in the replica
     */
    record State(Txid txid, long orders, Instant time) {}

    Primary(DemoFolder folder) throws IOException, SQLException {
        shop = Shop.create(folder.database());
        publisher = Publisher.of(folder.database(), null, ReplicaUrl.parse(folder.replicaUrl()), Environment.EMPTY);
    }

    /** Publishes the first state. */
    Publication.Added publishFirst() throws IOException, SQLException {
        return publish();
    }

    /** Begins to take orders. */
    void start() {
        thread.start();
    }

    /** Returns all that was published so far. */
    NavigableMap<Txid, State> history() {
        return history;
    }

    /** Returns the newest state. */
    State newest() throws IOException {
        Exception failed = failure;
        if (failed != null) {
            throw new IOException("the demo's primary failed: " + failed.getMessage(), failed);
        }
        Map.Entry<Txid, State> last = history.lastEntry();
        if (last == null) {
            throw new IllegalStateException("nothing was published yet");
        }
        return last.getValue();
    }

    private void work() {
        try {
            while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                shop.takeOrders(1 + random.nextInt(6));
                Publication.Added _ = publish();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException | RuntimeException e) {
            failure = e;
        }
    }

    private Publication.Added publish() throws IOException, SQLException {
        if (!(publisher.publish(false) instanceof Publication.Added added)) {
            throw new IllegalStateException("orders were taken, but nothing changed");
        }
        history.put(added.txid(), new State(added.txid(), shop.orders(), added.time()));
        return added;
    }

    /** Ends taking orders; what was taken is published. */
    @Override
    public void close() throws SQLException {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
        shop.close();
    }
}
