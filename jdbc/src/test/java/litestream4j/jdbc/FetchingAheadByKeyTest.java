package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.execute;
import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What queries by an index of a WITHOUT ROWID table cost in pages that they have to wait for. Method: tables of 6000
 * rows of 500 bytes on some 900 pages; the rows that an index leads to one after the other lie far from each other.
 */
@Timeout(120)
class FetchingAheadByKeyTest {
    private static final int ROWS = 6000;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void publish() throws IOException, SQLException {
        Path database = folder.resolve("shop.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            execute(
                    connection,
                    "PRAGMA page_size = 4096",
                    "CREATE TABLE by_text (\"Order\" TEXT PRIMARY KEY, customer INT, note BLOB) WITHOUT ROWID",
                    "CREATE TABLE by_two (shop INT, number INT, note BLOB, PRIMARY KEY (shop, number)) WITHOUT ROWID",
                    "CREATE TABLE by_blob (id BLOB, customer INT, number INT, note BLOB, UNIQUE (customer, number), "
                            + "CONSTRAINT pk PRIMARY KEY (id DESC)) STRICT, WITHOUT ROWID",
                    rows("by_text", "hex(randomblob(8)), i % 300, randomblob(500)"),
                    rows("by_two", "i * 7919 % 5987, i, randomblob(500)"),
                    rows("by_blob", "randomblob(8), i % 300, i, randomblob(500)"),
                    "CREATE INDEX by_text_customer ON by_text (customer)",
                    "CREATE INDEX by_two_number ON by_two (number)",
                    "CREATE INDEX by_text_length ON by_text (length(\"Order\"), customer DESC)");
        }
        LargeReplica.publish(database, folder.resolve("replica"));
    }

    private static String rows(String table, String values) {
        return "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO %s SELECT %s FROM n"
                .formatted(ROWS, table, values);
    }

    private static Connection open(long cacheBytes) throws SQLException {
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder.resolve("replica")));
        replica.setPollInterval(Duration.ofHours(1));
        replica.setCacheSize(cacheBytes);
        Connection connection = replica.getConnection();
        assertThat(query(connection, "SELECT count(*) FROM sqlite_schema")).isEqualTo("7");
        return connection;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 |  by_text WHERE customer BETWEEN 100 AND 109
            20  |  by_text WHERE customer = 17
            200 |  by_text INDEXED BY by_text_length WHERE length("Order") = 16 AND customer BETWEEN 50 AND 59
            200 |  by_two  WHERE number BETWEEN 1000 AND 1199
            200 |  by_blob WHERE customer BETWEEN 100 AND 109
            20  |  by_blob WHERE customer = 17
            """)
    void rowsThatAnIndexLeadsToAreFetchedSideBySide(int rows, String from) throws SQLException {
        try (Connection connection = open(10_000_000)) {
            FetchCounts before = FetchCounts.settled(connection);
            assertThat(query(connection, "SELECT count(*), sum(length(note)) FROM " + from))
                    .isEqualTo(rows + "|" + 500 * rows);
            FetchCounts cost = FetchCounts.of(connection).since(before);
            assertThat(cost.misses()).as("pages: %s", cost).isGreaterThan(rows * 3L / 5);
            assertThat(cost.waits()).as("%s", cost).isLessThanOrEqualTo(rows == 20 ? 4 : 8);
        }
    }

    /** With a cache so small the lower interior pages do not come with the open. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | by_text WHERE customer BETWEEN 100 AND 109
            200 | by_two  WHERE number BETWEEN 1000 AND 1199
            """)
    void interiorPagesThatAreMissingAreFetchedSideBySideAsWell(int rows, String from) throws SQLException {
        try (Connection connection = open(1_500_000)) {
            FetchCounts before = FetchCounts.settled(connection);
            assertThat(query(connection, "SELECT count(*), sum(length(note)) FROM " + from))
                    .isEqualTo(rows + "|" + 500 * rows);
            FetchCounts cost = FetchCounts.of(connection).since(before);
            assertThat(cost.misses()).as("pages: %s", cost).isGreaterThan(rows * 11L / 10);
            assertThat(cost.waits()).as("%s", cost).isLessThanOrEqualTo(24);
        }
    }
}
