package litestream4j.interop;

import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.PYTHON;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import litestream4j.ltx.Txid;
import litestream4j.testkit.Interop;
import litestream4j.testkit.LitestreamPrimary;
import litestream4j.testkit.LitestreamReplica;
import litestream4j.testkit.PrimarySchedule;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: a connection that stays open never reads a database by the schema of another one. SQLite reads a schema again
 * if its version differs, and that counts the changes in one database: of two, one after the other in one replica,
 * both may say 5. Method: the tables have the same names and changed their places.
 */
@Tag("interop")
class ReplacedDatabaseTest {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** With 100 further tables the schema takes many pages, and the first one is the same in both databases. */
    @ParameterizedTest
    @CsvSource({"SHELL, 0", "PYTHON, 0", "JDBC, 0", "JDBC, 100"})
    void tablesAreReadBySchemaOfTheirOwnDatabase(Door.Kind kind, int others) throws IOException {
        Interop.assumeAvailable(LITESTREAM, SQLITE3, PYTHON);
        LitestreamReplica replica = LitestreamReplica.inFolder(folder.resolve("replica"));
        Txid first = replicate("first.db", replica, tables(others) + table("a") + table("b"));
        try (Door door = kind.open(replica.url(), POLL_INTERVAL, replica.environment())) {
            assertThat(door.value("SELECT x FROM a")).isEqualTo("in a");
            Txid second = replicate("second.db", replica, tables(others) + table("b") + table("a"));
            await("txid " + second)
                    .atMost(PATIENCE)
                    .until(() -> door.value("PRAGMA litestream_txid").equals(second.toString()));
            assertThat(door.value("SELECT x FROM a")).as("followed").isEqualTo("in a");
            door.execute("PRAGMA litestream_txid = '" + first + "'");
            assertThat(door.value("SELECT x FROM a")).as("the past").isEqualTo("in a");
            door.execute("PRAGMA litestream_txid = latest");
            assertThat(door.value("SELECT x FROM a")).as("latest").isEqualTo("in a");
            assertThat(door.value("PRAGMA integrity_check")).isEqualTo("ok");
        }
    }

    private Txid replicate(String name, LitestreamReplica replica, String sql) throws IOException {
        Path database = folder.resolve(name);
        Sqlite3Shell.on(database)
                .run("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL;" + sql)
                .success();
        try (LitestreamPrimary primary = LitestreamPrimary.start(database, replica, PrimarySchedule.L0_ONLY)) {
            return primary.sync();
        }
    }

    private static String tables(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "CREATE TABLE other%d (x);".formatted(i))
                .collect(Collectors.joining());
    }

    private static String table(String name) {
        return "CREATE TABLE %s (x); INSERT INTO %s VALUES ('in %s');".formatted(name, name, name);
    }
}
