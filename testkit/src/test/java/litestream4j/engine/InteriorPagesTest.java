package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import litestream4j.replica.Environment;
import litestream4j.replica.FileReplicaProvider;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.DatabasePublisher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Goal: interior pages are here soon after an open. Method: a real database behind a store that holds requests. */
@Timeout(60)
class InteriorPagesTest {
    @TempDir
    Path folder;

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private HoldingClient store;
    private Settings settings;

    /** Two files: the whole database, too large to come whole, and a small one. */
    @BeforeEach
    void publish() throws Exception {
        Path file = folder.resolve("primary.db");
        DatabasePublisher publisher = new DatabasePublisher(folder.resolve("replica"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE filler(b)");
            statement.execute("INSERT INTO filler VALUES (randomblob(200000))");
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
            statement.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    + " INSERT INTO t SELECT i, randomblob(2000) FROM n");
            publisher.publish(file, Instant.now().minusSeconds(1));
            statement.execute("INSERT INTO filler VALUES (1)");
            publisher.publish(file, Instant.now());
        }
        ReplicaUrl url = ReplicaUrl.parse("file://" + folder.resolve("replica"));
        store = new HoldingClient(new FileReplicaProvider().connect(url, Environment.EMPTY));
        settings = Settings.of(url);
    }

    @Test
    void thoseOfTheSnapshotAreAskedForWhileOtherFilesAreOnTheWay() throws Exception {
        store.hold(1, file -> file.min().value() == 2);
        FutureTask<ReplicaDatabase> opening = opening();
        await("the small file hangs").until(() -> store.held() == 1);
        // The small file; header and index of the other one; the root of t, which lies behind what came with them.
        await("a page of the snapshot").until(() -> store.reads() >= 4);
        assertThat(opening.isDone()).isFalse();
        store.release();
        try (ReplicaDatabase database = opening.get()) {
            Snapshot view = database.newest();
            assertThat(view.txid().value()).isEqualTo(2);
            for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
                database.page(view, pgno, Cancellation.NEVER);
            }
            assertThat(store.repeated())
                    .as("no page is asked for twice, but for those whose answer was late")
                    .isLessThanOrEqualTo((int) database.stats().hedges());
        }
    }

    @Test
    void openThatIsCancelledAfterItsSnapshotCameEndsItsRequestsAndClosesTheStore() throws Exception {
        store.hold(1, file -> file.min().value() == 2);
        FutureTask<ReplicaDatabase> opening = opening();
        await().until(() -> store.held() == 1 && store.reads() >= 4);
        cancelled.set(true);
        await("the request was ended").until(() -> store.held() == 0);
        await("the client was closed").until(store::isClosed);
        assertThat(catchThrowable(opening::get)).hasCauseInstanceOf(ReplicaException.Interrupted.class);
    }

    private FutureTask<ReplicaDatabase> opening() {
        FutureTask<ReplicaDatabase> opening =
                new FutureTask<>(() -> ReplicaDatabase.open(store, settings, cancelled::get));
        Thread.ofPlatform().start(opening);
        return opening;
    }
}
