package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.execute;
import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import litestream4j.testkit.GoldenFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which state a connection looks at: one of the past, one that is awaited, one that is fresh enough. */
class WhichStateTest {
    @TempDir
    private Path folder;

    private Path sample;

    @BeforeEach
    void findSample() {
        sample = GoldenFolder.orSkip("real-0.5.17");
    }

    @ParameterizedTest
    @CsvSource({
        "0000000000000001, 200|9403|row 77",
        "0000000000000002, 200|9403|changed",
        "0000000000000005, 150|7389|changed",
    })
    void eachTransactionCanBeLookedAt(String txid, String expected) throws SQLException {
        try (Connection connection = Databases.replica(sample).getConnection()) {
            execute(connection, "PRAGMA litestream_txid = '" + txid + "'");
            assertThat(query(connection, "PRAGMA litestream_txid")).isEqualTo(txid);
            assertThat(row(connection, "main")).isEqualTo(expected);
            assertThat(query(connection, "SELECT litestream_set_txid('latest')"))
                    .isEqualTo("null");
            assertThat(query(connection, "PRAGMA litestream_txid")).isEqualTo("0000000000000006");
        }
    }

    @Test
    void anUnreachableTransactionIsRefusedAndNothingChanges() throws SQLException {
        try (Connection connection = Databases.replica(sample).getConnection()) {
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_txid = '00000000000000ff'"))
                    .hasMessageContaining("transaction not available")
                    .hasMessageContaining("00000000000000ff");
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_txid = 'x'"))
                    .hasMessageContaining("litestream_txid is read-only");
            assertThat(query(connection, "PRAGMA litestream_txid")).isEqualTo("0000000000000006");
        }
    }

    @Test
    void twoStatesCanBeComparedInOneQuery() throws SQLException {
        try (Connection connection = Databases.replica(sample).getConnection()) {
            String then = "file:then?vfs=litestream&replica_url=file://" + sample + "&";
            execute(
                    connection,
                    "ATTACH '" + then + "txid=0000000000000001' AS first",
                    "ATTACH '" + then + "time=2026-11-22T18:53:44Z' AS third");
            assertThat(row(connection, "first")).isEqualTo("200|9403|row 77");
            assertThat(query(connection, "PRAGMA third.litestream_txid")).isEqualTo("0000000000000003");
            assertThat(query(connection, "SELECT count(*) FROM (SELECT id FROM first.t EXCEPT SELECT id FROM main.t)"))
                    .isEqualTo("50");
        }
    }

    @Test
    void aTimeThatCannotBeHadFailsTheOpen() {
        String url = "jdbc:litestream:file://" + sample + "?litestream_time=";
        assertThatThrownBy(() -> DriverManager.getConnection(url + "garbage").close())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("invalid timestamp")
                .hasMessageContaining("garbage");
    }

    @Test
    void whoKnowsOfATransactionCanWaitForIt() throws Exception {
        GoldenFolder.copyTransaction(sample, 1, folder);
        LitestreamDataSource replica = Databases.replica(folder);
        replica.setPollInterval(Duration.ofMillis(20));
        try (Connection connection = replica.getConnection()) {
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    execute(connection, "PRAGMA litestream_wait = '0000000000000002'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(waiting).isNotDone();
            GoldenFolder.copyTransaction(sample, 2, folder);
            assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
            assertThat(row(connection, "main")).isEqualTo("200|9403|changed");
        }
    }

    @Test
    void aWaitEndsWhenItsTimeIsOver() throws SQLException {
        try (Connection connection = Databases.replica(sample).getConnection()) {
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_wait = '00000000000000ff 50ms'"))
                    .hasMessageContaining("txid 00000000000000ff did not arrive")
                    .hasMessageContaining("0000000000000006");
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_wait = 'soon'"))
                    .hasMessageContaining("invalid value for litestream_wait: soon");
        }
    }

    @Test
    void aTransactionFailsWhenTheReplicaIsOutOfReachForTooLong() throws IOException, SQLException {
        GoldenFolder.copy(sample, folder);
        String url = "jdbc:litestream:file://" + folder + "?litestream_poll_interval=20ms&litestream_max_lag=200ms";
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThat(row(connection, "main")).isEqualTo("150|7389|changed");
            Files.move(folder.resolve("ltx"), folder.resolve("away"));
            await().pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> assertThatThrownBy(() -> row(connection, "main"))
                            .hasMessageContaining("more than max_lag=0.2s allows"));
            Files.move(folder.resolve("away"), folder.resolve("ltx"));
            await().pollInterval(Duration.ofMillis(20))
                    .ignoreExceptions()
                    .until(() -> row(connection, "main").equals("150|7389|changed"));
        }
    }

    private static String row(Connection connection, String schema) throws SQLException {
        return query(
                connection,
                "SELECT count(*), sum(v), (SELECT name FROM %1$s.t WHERE id = 77) FROM %1$s.t".formatted(schema));
    }
}
