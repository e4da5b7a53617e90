package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.testkit.GoldenFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas made by others, through JDBC: every state has the rows, the size and the soundness that it had. */
class SampleReplicasTest {
    /** Of real-0.5.17, by transaction: time, pages, count and sum, name of row 77. */
    private static final String[][] REAL = {
        {"2026-11-22T18:53:39.702Z", "3", "200|9403|row 77"},
        {"2026-11-22T18:53:41.253Z", "3", "200|9403|changed"},
        {"2026-11-22T18:53:43.163Z", "11", "200|9403|changed"},
        {"2026-11-22T18:53:44.703Z", "13", "200|9403|changed"},
        {"2026-11-22T18:53:46.23Z", "13", "150|7389|changed"},
        {"2026-11-22T18:53:47.908Z", "6", "150|7389|changed"},
    };

    private static final String ROWS = "SELECT count(*), sum(v), max(CASE id WHEN 77 THEN name END) FROM t";

    private static final Pattern POINT = Pattern.compile(
            "\"(\\d+)\": \\{\\s*\"pages\": (\\d+),[^}]*\"rows_in_a\": (\\d+|null),[^}]*\"sum_bal_in_bank\": (\\d+)");

    @TempDir
    private Path folder;

    @Test
    void aFollowingConnectionShowsEachTransactionAsItArrives() throws IOException, SQLException {
        Path sample = GoldenFolder.orSkip("real-0.5.17");
        GoldenFolder.copyTransaction(sample, 1, folder);
        try (Connection connection = openFast()) {
            for (int txid = 1; txid <= REAL.length; txid++) {
                if (txid > 1) {
                    GoldenFolder.copyTransaction(sample, txid, folder);
                }
                awaitTxid(connection, txid);
                assertThat(query(connection, "PRAGMA litestream_time")).isEqualTo(REAL[txid - 1][0]);
                assertThat(query(connection, "PRAGMA page_count")).isEqualTo(REAL[txid - 1][1]);
                assertThat(query(connection, ROWS)).isEqualTo(REAL[txid - 1][2]);
                assertSound(connection);
            }
        }
    }

    @Test
    void theTimeLeadsToEachTransactionAndBack() throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("real-0.5.17")).getConnection()) {
            for (int txid = REAL.length - 1; txid >= 1; txid--) {
                // Strictly before the time of the next one.
                Databases.execute(connection, "PRAGMA litestream_time = '%s'".formatted(REAL[txid][0]));
                assertThat(query(connection, "SELECT litestream_txid()")).isEqualTo("%016x".formatted(txid));
                assertThat(query(connection, "PRAGMA page_count")).isEqualTo(REAL[txid - 1][1]);
                assertThat(query(connection, ROWS)).isEqualTo(REAL[txid - 1][2]);
                assertSound(connection);
            }
            Databases.execute(connection, "SELECT litestream_set_time('latest')");
            assertThat(query(connection, ROWS)).isEqualTo(REAL[5][2]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "synthetic-frame-4096, 10|551|two",
        "synthetic-frame-512-checksums, 10|551|two",
        "synthetic-block-1024-checksums, 10|551|two",
        "synthetic-block-65536-checksums, 10|551|two"
    })
    void everyEncodingAndPageSizeIsRead(String name, String expected) throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip(name)).getConnection()) {
            assertThat(query(connection, "SELECT count(*), sum(v), max(name) FROM t"))
                    .isEqualTo(expected);
            assertSound(connection);
        }
    }

    @Test
    void incompressiblePagesAreRead() throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("synthetic-frame-random")).getConnection()) {
            assertThat(query(connection, "SELECT length(b), hex(substr(b, 1, 8)) FROM r"))
                    .isEqualTo("3000|38B4E652E44DA7F2");
            assertThat(query(connection, "PRAGMA page_count")).isEqualTo("7");
            assertSound(connection);
        }
    }

    @Test
    void filesOfSeveralLevelsMakeOneState() throws SQLException {
        try (Connection connection =
                Databases.replica(GoldenFolder.orSkip("synthetic-levels")).getConnection()) {
            assertThat(query(connection, "SELECT count(*), max(id), litestream_txid() FROM t"))
                    .isEqualTo("12|12|000000000000000c");
            assertSound(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon-512", "daemon-4096-autovacuum", "daemon-65536"})
    void aRealPrimarysLifeIsFollowedFromBeginToEnd(String name) throws IOException, SQLException {
        Path sample = GoldenFolder.orSkip(name);
        String expected = Files.readString(sample.resolve("expected.json"));
        SortedMap<Integer, Matcher> points = points(expected);
        assertThat(points).as("points of %s", name).hasSizeGreaterThan(10);
        GoldenFolder.copyTransaction(sample, 1, folder);
        try (Connection connection = openFast()) {
            int txid = 1;
            for (Map.Entry<Integer, Matcher> entry : points.entrySet()) {
                int point = entry.getKey();
                while (txid < point) {
                    GoldenFolder.copyTransaction(sample, ++txid, folder);
                }
                awaitTxid(connection, point);
                Matcher values = entry.getValue();
                assertThat(query(connection, "PRAGMA page_count"))
                        .as("pages at %d", point)
                        .isEqualTo(values.group(2));
                assertThat(query(connection, "SELECT count(*) FROM a"))
                        .as("rows at %d", point)
                        .isEqualTo(values.group(3));
                assertThat(query(connection, "SELECT sum(bal) FROM bank"))
                        .as("sum at %d", point)
                        .isEqualTo(values.group(4));
                // Another connection: FTS5 keeps totals in each, so that its check fails after another one's write,
                // on plain files too (SQLite 3.54.1).
                try (Connection fresh = openFast()) {
                    assertSound(fresh);
                }
            }
        }
        try (Connection connection = Databases.replica(sample).getConnection()) {
            assertThat(Long.parseLong(query(connection, "SELECT litestream_txid()"), 16))
                    .isGreaterThanOrEqualTo(points.lastKey());
            assertThat(query(connection, "SELECT sum(bal) FROM bank")).isEqualTo("5000");
            assertSound(connection);
        }
    }

    private static SortedMap<Integer, Matcher> points(String expected) {
        SortedMap<Integer, Matcher> points = new TreeMap<>();
        Matcher matcher = POINT.matcher(expected);
        while (matcher.find()) {
            Matcher point = POINT.matcher(matcher.group());
            assertThat(point.matches()).isTrue();
            points.put(Integer.parseInt(point.group(1)), point);
        }
        return points;
    }

    private Connection openFast() throws SQLException {
        LitestreamDataSource replica = Databases.replica(folder);
        replica.setPollInterval(Duration.ofMillis(2));
        return replica.getConnection();
    }

    private static void awaitTxid(Connection connection, int txid) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> query(connection, "SELECT litestream_txid()").equals("%016x".formatted(txid)));
    }

    private static void assertSound(Connection connection) throws SQLException {
        assertThat(query(connection, "PRAGMA integrity_check")).isEqualTo("ok");
    }
}
