package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.execute;
import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite passes only a number upwards; the exception says what happened all the same. */
class FailureReasonsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t VALUES (1000, 'x', 1)",
                "UPDATE t SET v = 0",
                "DELETE FROM t",
                "CREATE TABLE u (a)",
                "DROP TABLE t",
                "PRAGMA user_version = 3",
                "REINDEX"
            })
    void aWriteIsRefusedInSoManyWords(String write) throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("real-0.5.17")).getConnection()) {
            assertThatThrownBy(() -> execute(connection, write))
                    .isInstanceOf(SQLiteException.class)
                    .hasMessage("litestream is a read only vfs")
                    .satisfies(e -> assertThat(stateOf(e)).isEqualTo("25006"))
                    .satisfies(
                            e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(8));
            assertThat(query(connection, "SELECT count(*), sum(v) FROM t")).isEqualTo("150|7389");
        }
    }

    @Test
    void aPreparedOrBatchedWriteIsRefusedLikewise() throws SQLException {
        try (Connection connection =
                        Databases.replica(GoldenFolder.orSkip("real-0.5.17")).getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x', 1)");
                Statement batch = connection.createStatement()) {
            insert.setInt(1, 1000);
            assertThatThrownBy(insert::executeUpdate).hasMessage("litestream is a read only vfs");
            batch.addBatch("DELETE FROM t");
            assertThatThrownBy(batch::executeBatch)
                    .isInstanceOf(BatchUpdateException.class)
                    .hasMessage("litestream is a read only vfs")
                    .satisfies(e -> assertThat(stateOf(e)).isEqualTo("25006"))
                    .satisfies(
                            e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(8));
        }
    }

    @Test
    void damageIsNamed() throws IOException, SQLException {
        Path file = LargeReplica.publish(folder);
        try (Connection connection = Databases.replica(folder).getConnection()) {
            assertThat(query(connection, "SELECT count(*) FROM t WHERE id = 1")).isEqualTo("1");
            overwriteMiddle(file);
            assertThatThrownBy(() -> query(connection, "SELECT sum(length(b)) FROM t"))
                    .hasMessageContaining("0000000000000001")
                    .hasMessageContaining("[SQLITE_IOERR")
                    .hasCauseInstanceOf(SQLiteException.class)
                    .hasRootCauseInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(stateOf(e)).isEqualTo("58030"))
                    .satisfies(e ->
                            assertThat(((SQLException) e).getErrorCode()).isEqualTo(SQLiteErrorCode.SQLITE_IOERR.code));
        }
    }

    private static String stateOf(Throwable failure) {
        return ((SQLException) failure).getSQLState();
    }

    private static void overwriteMiddle(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(100_000), channel.size() / 2);
        }
    }

    @Test
    void aMistakeInTheStatementStaysWhatItIs() throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("real-0.5.17")).getConnection()) {
            assertThatThrownBy(() -> query(connection, "SELECT * FROM nowhere"))
                    .hasMessageContaining("no such table: nowhere")
                    .hasNoCause();
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_txid = 1"))
                    .hasMessageContaining(
                            "litestream_txid is read-only, but for a transaction to look at: expected its ID"
                                    + " of 16 hexadecimal digits, such as '000000000000002a', or 'latest', found '1'");
            assertThatThrownBy(() -> execute(connection, "PRAGMA litestream_time = '1999-01-01T00:00:00Z'"))
                    .hasMessageContaining("cannot calc restore plan: transaction not available");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/data/x", "foo://x", "s3://", "gs://bucket/path", "file://elsewhere/x"})
    void aUrlThatCannotBeUsedIsRefusedWithTheReason(String url) {
        assertThatThrownBy(() -> Databases.replica(url).getConnection())
                .isInstanceOf(SQLiteException.class)
                .hasMessageEndingWith("[SQLITE_CANTOPEN]")
                .hasMessageMatching(".*(replica url scheme required|unsupported replica URL scheme|bucket required"
                        + "|names the host).*")
                .hasRootCauseInstanceOf(ReplicaException.Denied.class)
                .satisfies(e -> assertThat(stateOf(e)).isEqualTo("08001"));
    }

    /** Class 08 would make a pool drop the connection. */
    @Test
    void anAttachThatFailsDoesNotSpeakOfTheConnection() throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("real-0.5.17")).getConnection()) {
            assertThatThrownBy(() -> execute(connection, "ATTACH 'file:o?vfs=litestream&replica_url=foo%3A//x' AS o"))
                    .hasMessageContaining("unsupported replica URL scheme")
                    .satisfies(e -> assertThat(stateOf(e)).isEqualTo("58030"));
        }
    }

    @Test
    void theOldLayoutIsRecognised() {
        Path sample = GoldenFolder.orSkip("legacy-0.3");
        assertThatThrownBy(() -> Databases.replica(sample).getConnection())
                .hasMessageContaining("replica of Litestream 0.3.x");
    }
}
