package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.execute;
import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import litestream4j.testkit.GoldenFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

class LitestreamDataSourceTest {
    @TempDir
    private Path folder;

    private LitestreamDataSource sample() {
        return Databases.replica(GoldenFolder.orSkip("real-0.5.17"));
    }

    @Test
    void connectionsToOneReplicaShareOneEngine() throws IOException, SQLException {
        GoldenFolder.copy(GoldenFolder.orSkip("real-0.5.17"), folder);
        LitestreamDataSource replica = Databases.replica(folder);
        replica.setPollInterval(Duration.ofHours(1)); // No polls, so that the counts stand still.
        try (Connection first = replica.getConnection()) {
            query(first, "SELECT * FROM t");
            String before = requests(first);
            try (Connection second = replica.getConnection()) {
                assertThat(query(second, "SELECT count(*), sum(v) FROM t")).isEqualTo("150|7389");
                assertThat(requests(second)).isEqualTo(before);
            }
            assertThat(requests(first)).isEqualTo(before);
        }
    }

    private static String requests(Connection connection) throws SQLException {
        String stats = query(connection, "PRAGMA litestream_stats");
        return query(
                connection,
                "SELECT value ->> 'list_requests', value ->> 'read_requests', value ->> 'find_requests'"
                        + " FROM (SELECT '" + stats + "' AS value)");
    }

    @Test
    void aTransactionStaysAtItsStateWhileOthersMoveOn() throws IOException, SQLException {
        Path sample = GoldenFolder.orSkip("real-0.5.17");
        GoldenFolder.copyTransaction(sample, 1, folder);
        LitestreamDataSource replica = Databases.replica(folder);
        replica.setPollInterval(Duration.ofMillis(2));
        try (Connection reader = replica.getConnection();
                Connection other = replica.getConnection()) {
            reader.setAutoCommit(false);
            String before = query(reader, "SELECT litestream_txid(), count(*), sum(v) FROM t");
            for (int txid = 2; txid <= 6; txid++) {
                GoldenFolder.copyTransaction(sample, txid, folder);
            }
            await().pollInterval(Duration.ofMillis(2))
                    .until(() -> query(other, "SELECT litestream_txid()").equals("0000000000000006"));
            assertThat(query(reader, "SELECT litestream_txid(), count(*), sum(v) FROM t"))
                    .isEqualTo(before)
                    .isEqualTo("0000000000000001|200|9403");
            assertThat(query(reader, "PRAGMA page_count")).isEqualTo("3");
            assertThatThrownBy(() -> execute(reader, "PRAGMA litestream_time = '2026-11-22T18:53:44Z'"))
                    .hasMessageContaining("cannot change litestream_time inside a transaction");
            reader.commit();
            assertThat(query(reader, "SELECT litestream_txid(), count(*), sum(v) FROM t"))
                    .isEqualTo("0000000000000006|150|7389");
        }
    }

    @Test
    void temporaryTablesCanBeWrittenInsideAndOutsideOfTransactions() throws SQLException {
        try (Connection connection = sample().getConnection()) {
            execute(connection, "CREATE TEMP TABLE mine AS SELECT id FROM t WHERE v > 50");
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO mine VALUES (1000)", "CREATE TEMP VIEW w AS SELECT * FROM mine");
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(query(connection, "SELECT max(id) FROM w")).isEqualTo("1000");
        }
    }

    @Test
    void readOnlyIsAHintInBothDirections() throws SQLException {
        try (Connection connection = sample().getConnection()) {
            assertThat(connection.isReadOnly()).isTrue();
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThat(query(connection, "SELECT count(*) FROM t")).isEqualTo("150");
            connection.setReadOnly(true);
            connection.commit();
            connection.setReadOnly(false);
            connection.setAutoCommit(true);
            assertThat(connection.isReadOnly()).isTrue();
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    @Test
    void whatBelongsTogetherStaysTogether() throws SQLException {
        try (Connection connection = sample().getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT v FROM t WHERE id = ?")) {
            statement.setInt(1, 77);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.getStatement()).isSameAs(statement);
                assertThat(rows.next()).isTrue();
            }
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(connection.isWrapperFor(SQLiteConnection.class)).isTrue();
            assertThat(connection.unwrap(SQLiteConnection.class).libversion()).startsWith("3.");
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThatThrownBy(() -> connection.unwrap(String.class)).isInstanceOf(SQLException.class);
            assertThat(Set.of(connection)).contains(connection).doesNotContain(rawOf(connection));
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(metaData.getConnection()).isSameAs(connection);
            try (ResultSet tables = metaData.getTables(null, null, "t", null)) {
                assertThat(tables.next()).isTrue();
                assertThat(tables.getStatement().getConnection()).isSameAs(connection);
            }
        }
    }

    @Test
    void preparedStatementsDescribeTheirColumnsAndParameters() throws SQLException {
        try (Connection connection = sample().getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT id, v AS w FROM t WHERE id = ?")) {
            assertThat(statement.getMetaData().getColumnCount()).isEqualTo(2);
            assertThat(statement.getMetaData().getColumnLabel(2)).isEqualTo("w");
            assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
            statement.setInt(1, 77);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.getMetaData().getColumnCount()).isEqualTo(2);
                assertThat(rows.next()).isTrue();
            }
        }
    }

    private static Connection rawOf(Connection connection) throws SQLException {
        return connection.unwrap(SQLiteConnection.class);
    }

    @Test
    void theShownUrlHoldsNoCredentials() throws SQLException {
        Path sample = GoldenFolder.orSkip("real-0.5.17");
        String url = "gated://user:secret@test%s?key=secret".formatted(sample);
        try (Connection connection = Databases.replica(url).getConnection()) {
            assertThat(connection.getMetaData().getURL()).isEqualTo("jdbc:litestream:gated://test" + sample);
            assertThat(connection).asString().startsWith("jdbc:litestream:gated://test" + sample + "@");
        }
    }

    @Test
    void plainDatabasesOfTheSameJvmAreLeftAlone() throws SQLException {
        try (Connection replica = sample().getConnection();
                Connection plain = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("plain.db"))) {
            execute(plain, "PRAGMA journal_mode = WAL", "CREATE TABLE p (a)", "INSERT INTO p VALUES (7)");
            assertThat(query(plain, "SELECT a FROM p")).isEqualTo("7");
            try (Statement statement = plain.createStatement()) {
                assertThat(statement.execute("PRAGMA litestream_txid"))
                        .as("known")
                        .isFalse();
            }
            assertThatThrownBy(() -> query(plain, "SELECT litestream_txid()"))
                    .hasMessageContaining("no such function: litestream_txid");
            execute(replica, "ATTACH 'file:%s?vfs=unix' AS plain".formatted(folder.resolve("plain.db")));
            assertThat(query(replica, "SELECT count(*), max(a) FROM t, plain.p"))
                    .isEqualTo("150|7");
        }
    }

    @Test
    void sqliteKeepsTheSettingsThatAreItsOwn() throws SQLException {
        LitestreamDataSource replica = sample();
        Properties properties = new Properties();
        properties.setProperty("cache_size", "123");
        replica.setSqliteProperties(properties);
        replica.setCacheSize(0L);
        try (Connection connection = replica.getConnection()) {
            assertThat(query(connection, "PRAGMA cache_size")).isEqualTo("123");
            assertThat(query(connection, "SELECT count(*) FROM t")).isEqualTo("150");
        }
    }

    @Test
    void propertiesOutOfRangeAreRefused() {
        LitestreamDataSource replica = new LitestreamDataSource();
        assertThatThrownBy(() -> replica.setPollInterval(Duration.ZERO)).hasMessageContaining("pollInterval");
        assertThatThrownBy(() -> replica.setOpenTimeout(Duration.ofSeconds(-1))).hasMessageContaining("openTimeout");
        assertThatThrownBy(() -> replica.setMaxLag(Duration.ZERO)).hasMessageContaining("maxLag");
        assertThatThrownBy(() -> replica.setCacheSize(-1L)).hasMessageContaining("cacheSize");
        assertThatThrownBy(() -> replica.setLoginTimeout(-1)).hasMessageContaining("login timeout");
    }

    @Test
    void theLoginTimeoutBoundsTheWaitForAReplica() {
        LitestreamDataSource replica = Databases.replica(folder);
        replica.setLoginTimeout(1);
        replica.setPollInterval(Duration.ofMillis(10));
        assertThatThrownBy(replica::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("nothing to read after 1.0 s")
                .hasMessageContaining("file://" + folder);
    }

    @Test
    void statementsAreReusable() throws SQLException {
        try (Connection connection = sample().getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 3; i++) {
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(150);
                }
            }
        }
    }
}
