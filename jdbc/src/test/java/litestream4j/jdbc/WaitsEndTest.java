package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;

/** Goal: whoever waits for a store that does not answer can give up. Method: a store with a gate that is shut. */
@Timeout(60)
class WaitsEndTest {
    private static final String SCAN = "SELECT sum(length(b)) FROM t";
    private static final int INTERRUPT = SQLiteErrorCode.SQLITE_INTERRUPT.code;

    @TempDir
    private Path folder;

    private LitestreamDataSource replica = new LitestreamDataSource();

    @BeforeEach
    void publish() throws IOException {
        LargeReplica.publish(folder);
        replica = Databases.replica(GatedProvider.url(folder));
        replica.setPollInterval(Duration.ofHours(1)); // Polls would wait at the gate too.
    }

    @AfterEach
    void open() {
        GatedProvider.open();
        await().until(() -> GatedProvider.clients() == 0);
    }

    @Test
    void cancelEndsAStatementAndLeavesTheConnectionUsable() throws Exception {
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            GatedProvider.shut();
            Begun<Boolean> scan = begin(() -> statement.execute(SCAN));
            statement.cancel();
            Throwable failure = scan.failure();
            assertThat(codeOf(failure)).isEqualTo(INTERRUPT);
            assertThat(((SQLException) failure).getSQLState()).isEqualTo("57014");
            GatedProvider.open();
            assertThat(query(connection, SCAN)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    /** Of another replica, which the connection sees as an attached database: it is the connection that is asked. */
    @Test
    void cancelEndsAStatementOnAnAttachedReplica(@TempDir Path other) throws Exception {
        LargeReplica.publish(other);
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ATTACH 'file:other?vfs=litestream&poll_interval=1h&replica_url=%s' AS other"
                    .formatted(URLEncoder.encode(GatedProvider.url(other), StandardCharsets.UTF_8)));
            GatedProvider.shut();
            Begun<Boolean> scan = begin(() -> statement.execute("SELECT sum(length(b)) FROM other.t"));
            statement.cancel();
            assertThat(codeOf(scan.failure())).isEqualTo(INTERRUPT);
            GatedProvider.open();
            assertThat(query(connection, "SELECT sum(length(b)) FROM other.t")).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM litestream_history",
                "SELECT litestream_set_time('1 hour ago')",
                "PRAGMA litestream_time = '1 hour ago'",
                "PRAGMA litestream_txid = '0000000000000009'",
                "PRAGMA litestream_wait = '0000000000000009'",
            })
    void cancelEndsWhatWaitsOutsideOfARead(String sql) throws Exception {
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            GatedProvider.shut();
            Begun<Boolean> waiting = begin(() -> statement.execute(sql));
            statement.cancel();
            assertThat(codeOf(waiting.failure())).isEqualTo(INTERRUPT);
            GatedProvider.open();
            assertThat(query(connection, "SELECT count(*) FROM litestream_history"))
                    .isEqualTo("1");
            assertThat(query(connection, "PRAGMA litestream_txid")).isEqualTo("0000000000000001");
        }
    }

    @Test
    void theQueryTimeoutEndsAStatementAndLeavesTheConnectionUsable() throws Exception {
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            GatedProvider.shut();
            statement.setQueryTimeout(1);
            Throwable failure = begin(() -> statement.execute(SCAN)).failure();
            assertThat(failure)
                    .isInstanceOf(SQLTimeoutException.class)
                    .hasMessageStartingWith("not finished within the query timeout of 1 s: ");
            assertThat(codeOf(failure)).isEqualTo(INTERRUPT);
            assertThat(((SQLException) failure).getSQLState()).isEqualTo("57014");
            GatedProvider.open();
            assertThat(statement.execute(SCAN)).isTrue();
        }
    }

    /** Rows are fetched while the program steps through them, and most of the waiting is there. */
    @Test
    void theQueryTimeoutEndsAStepToTheNextRow() throws Exception {
        replica.setCacheSize(0L);
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            ResultSet rows = statement.executeQuery("SELECT b FROM t");
            rows.next();
            GatedProvider.shut();
            Throwable failure = begin(() -> countRest(rows)).failure();
            assertThat(failure)
                    .isInstanceOf(SQLTimeoutException.class)
                    .hasMessageStartingWith("not finished within the query timeout of 1 s: ");
            GatedProvider.open();
            assertThat(countRest(statement.executeQuery("SELECT b FROM t"))).isEqualTo(1000);
        }
    }

    /** The time is that of one step: what the program does between two of them does not count. */
    @Test
    void theQueryTimeoutLeavesRowsAloneThatAreReadSlowly() throws Exception {
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            ResultSet rows = statement.executeQuery("SELECT b FROM t");
            rows.next();
            long read = System.nanoTime();
            await().until(() -> System.nanoTime() - read > 1_500_000_000L);
            assertThat(countRest(rows)).isEqualTo(999);
        }
    }

    private static int countRest(ResultSet rows) throws SQLException {
        int count = 0;
        while (rows.next()) {
            count++;
        }
        return count;
    }

    @Test
    void closingTheConnectionEndsItsStatement() throws Exception {
        Connection connection = replica.getConnection();
        GatedProvider.shut();
        Begun<String> scan = begin(() -> query(connection, SCAN));
        connection.close();
        assertThat(scan.failure()).isNotNull();
        assertThat(connection.isClosed()).isTrue();
        connection.close();
    }

    @Test
    void abortEndsTheStatementAndTheConnection() throws Exception {
        Connection connection = replica.getConnection();
        GatedProvider.shut();
        Begun<String> scan = begin(() -> query(connection, SCAN));
        connection.abort(Runnable::run);
        assertThat(scan.failure()).isNotNull();
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void interruptingTheThreadEndsAStatement() throws Exception {
        try (Connection connection = replica.getConnection()) {
            GatedProvider.shut();
            Begun<String> scan = begin(() -> query(connection, SCAN));
            scan.thread.interrupt();
            Throwable failure = scan.failure();
            assertThat(codeOf(failure)).isEqualTo(INTERRUPT);
            assertThat(failure).hasMessageContaining("interrupted");
            GatedProvider.open();
            assertThat(query(connection, SCAN)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    @Test
    void interruptingTheThreadEndsAnOpenThatWaitsForTheStore() throws Exception {
        GatedProvider.shut();
        Begun<Connection> opening = begin(replica::getConnection);
        opening.thread.interrupt();
        assertThat(opening.failure()).hasMessageContaining("interrupted");
    }

    @Test
    void interruptingTheThreadEndsAnOpenThatWaitsForAFirstSnapshot(@TempDir Path empty) throws Exception {
        LitestreamDataSource waiting = Databases.replica(empty);
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Connection> opening = new FutureTask<>(() -> {
            started.countDown();
            return waiting.getConnection();
        });
        Thread thread = Thread.ofPlatform().start(opening);
        started.await();
        thread.interrupt();
        assertThat(failureOf(opening)).hasMessageContaining("interrupted");
    }

    @Test
    void oneThatGivesUpDoesNotTakeTheOtherAlong() throws Exception {
        GatedProvider.shut();
        Begun<Connection> first = begin(replica::getConnection);
        FutureTask<Connection> second = new FutureTask<>(replica::getConnection);
        Thread.ofPlatform().start(second);
        first.thread.interrupt();
        assertThat(first.failure()).hasMessageContaining("interrupted");
        GatedProvider.open();
        try (Connection connection = second.get(30, TimeUnit.SECONDS)) {
            assertThat(query(connection, SCAN)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    @Test
    void whoWaitsForAnothersOpenHasATimeoutOfItsOwn(@TempDir Path empty) throws Exception {
        LitestreamDataSource patient = Databases.replica(GatedProvider.url(empty));
        LitestreamDataSource hasty = Databases.replica(GatedProvider.url(empty));
        hasty.setOpenTimeout(Duration.ofMillis(500));
        Begun<Connection> first = start(patient::getConnection);
        await().until(() -> GatedProvider.clients() == 1);
        assertThat(start(hasty::getConnection).failure()).hasMessageContaining("nothing to read after 0.5 s");
        first.thread.interrupt();
        assertThat(first.failure()).hasMessageContaining("interrupted");
    }

    @Test
    void oneWhoseOpenTimesOutDoesNotTakeTheOtherAlong(@TempDir Path empty) throws Exception {
        LitestreamDataSource hasty = Databases.replica(GatedProvider.url(empty));
        LitestreamDataSource patient = Databases.replica(GatedProvider.url(empty));
        hasty.setOpenTimeout(Duration.ofMillis(500));
        GatedProvider.shut();
        Begun<Connection> first = begin(hasty::getConnection);
        Begun<Connection> second = start(patient::getConnection);
        GatedProvider.open();
        assertThat(first.failure()).hasMessageContaining("nothing to read after 0.5 s");
        LargeReplica.publish(empty);
        try (Connection connection = second.call.get(30, TimeUnit.SECONDS)) {
            assertThat(query(connection, SCAN)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    /** A call on a thread of its own. */
    private record Begun<T>(Thread thread, FutureTask<T> call) {
        Throwable failure() throws InterruptedException {
            return failureOf(call);
        }
    }

    private static <T> Begun<T> begin(Callable<T> call) {
        Begun<T> begun = start(call);
        await().pollInterval(Duration.ofMillis(2)).until(() -> GatedProvider.waiting() > 0 || begun.call.isDone());
        return begun;
    }

    private static <T> Begun<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        return new Begun<>(Thread.ofPlatform().start(task), task);
    }

    private static int codeOf(Throwable failure) {
        return ((SQLException) failure).getErrorCode();
    }

    /** As a Throwable: AssertJ takes an SQLException for a list. */
    private static Throwable failureOf(FutureTask<?> call) throws InterruptedException {
        try {
            Object result = call.get(20, TimeUnit.SECONDS);
            throw new AssertionError("not ended, but answered: " + result);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                return failure;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("still waiting", e);
        }
    }
}
