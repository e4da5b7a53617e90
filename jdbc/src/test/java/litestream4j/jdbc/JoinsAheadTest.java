package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What joins cost in pages that they have to wait for. Method: a shop whose tables are too large to be fetched as a
 * whole, and refer to rows here and there of each other; each look-up that nothing told is a wait of its own.
 */
@Timeout(180)
class JoinsAheadTest {
    private static final int CUSTOMERS = 24_000;
    private static final int ORDERS = 48_000;

    @TempDir
    private static Path folder;

    private Connection connection;

    @BeforeAll
    static void publish() throws IOException, SQLException {
        Path database = folder.resolve("shop.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 4096");
            statement.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT UNIQUE, note BLOB)");
            statement.execute("CREATE TABLE buy (id INTEGER PRIMARY KEY, at INT, customer INT, email TEXT, note BLOB)");
            statement.execute("CREATE TABLE part (buy INT, n INT, note BLOB, PRIMARY KEY (buy, n)) WITHOUT ROWID");
            statement.execute("""
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                    INSERT INTO customer SELECT i, format('%%05d@example.org', i * 7919 %% %1$d), randomblob(500) FROM n
                    """.formatted(CUSTOMERS));
            statement.execute("""
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d),
                         c(i, at, customer) AS (SELECT i, i * 5417 %% %1$d, 1 + i * 3571 %% %d FROM n)
                    INSERT INTO buy
                    SELECT c.i, at, customer, email, randomblob(150) FROM c JOIN customer ON id = customer
                    """.formatted(ORDERS, CUSTOMERS));
            statement.execute("""
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                    INSERT INTO part SELECT i * 2111 %% %1$d, i, randomblob(400) FROM n
                    """.formatted(ORDERS));
            statement.execute("CREATE INDEX buy_at ON buy (at)");
            statement.execute("CREATE INDEX buy_customer ON buy (customer)");
        }
        LargeReplica.publish(database, folder.resolve("replica"));
    }

    @BeforeEach
    void open() throws SQLException {
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder.resolve("replica")));
        replica.setPollInterval(Duration.ofHours(1));
        connection = replica.getConnection();
        query(connection, "SELECT count(*) FROM sqlite_schema");
        FetchCounts.settled(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    /** Returns what a query costs. */
    private FetchCounts costOf(String sql, String expected) throws SQLException {
        FetchCounts before = FetchCounts.of(connection);
        assertThat(query(connection, sql)).isEqualTo(expected);
        return FetchCounts.of(connection).since(before);
    }

    /** Each reads many pages that nothing but a join leads to. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            rows of a scan | 25 | 200000 | SELECT sum(length(c.note)) FROM buy b JOIN customer c ON c.id = b.customer \
                                           WHERE b.id BETWEEN 20000 AND 20399
            rows of an index | 60 | 200000 | SELECT sum(length(c.note)) FROM buy b JOIN customer c ON c.id = b.customer \
                                             WHERE b.at BETWEEN 20000 AND 20399
            by a text | 60 | 200000 | SELECT sum(length(c.note)) FROM buy b JOIN customer c ON c.email = b.email \
                                      WHERE b.id BETWEEN 20000 AND 20399
            WITHOUT ROWID | 60 | 160000 | SELECT sum(length(p.note)) FROM buy b JOIN part p ON p.buy = b.customer \
                                          WHERE b.id BETWEEN 20000 AND 20399
            three tables | 120 | 160000 | SELECT sum(length(p.note)) FROM customer c CROSS JOIN buy b CROSS JOIN part p \
                                          WHERE b.customer = c.id AND p.buy = b.id AND length(b.note) > 0 \
                                                AND c.id BETWEEN 9000 AND 9199
            """)
    void whatRowsReferToComesAhead(String name, int waits, String expected, String sql) throws SQLException {
        FetchCounts cost = costOf(sql, expected);
        assertThat(cost.misses()).as(name).isGreaterThan(3L * waits);
        assertThat(cost.waits()).as("%s: %s", name, cost).isLessThan(waits);
    }

    @Test
    void newestRowsWithWhatTheyReferToComeInFewWaits() throws SQLException {
        FetchCounts cost = costOf("""
                SELECT sum(n) FROM (SELECT length(c.note) n FROM buy b LEFT JOIN customer c ON c.id = b.customer
                                    ORDER BY b.id DESC LIMIT 60)
                """, "30000");
        assertThat(cost.waits()).as("%s", cost).isLessThan(16);
    }

    @Test
    void pagesOfRowsWithWhatTheyReferToFetchLittleMoreThanTheyShow() throws SQLException {
        FetchCounts before = FetchCounts.of(connection);
        for (int page = 0; page < 20; page++) {
            query(connection, """
                    SELECT sum(n) FROM (SELECT length(c.note) n FROM buy b LEFT JOIN customer c ON c.id = b.customer
                                        WHERE b.id > %d ORDER BY b.id LIMIT 20)
                    """.formatted(page * 20));
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).as("%s", cost).isLessThan(60);
        assertThat(cost.requests()).as("of some 400 rows").isLessThan(600);
    }

    /** A program that reads rows first, and then what they refer to in queries of their own. */
    @Test
    void rowsThatAnEarlierQueryReferredToComeAhead() throws SQLException {
        List<String> customers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT customer FROM buy WHERE id BETWEEN 30000 AND 30059")) {
            while (rows.next()) {
                customers.add(rows.getString(1));
            }
        }
        FetchCounts before = FetchCounts.of(connection);
        for (String customer : customers) {
            query(connection, "SELECT length(note) FROM customer WHERE id = " + customer);
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.misses()).isGreaterThan(50);
        assertThat(cost.waits()).as("%s", cost).isLessThan(12);
    }

    /** One row and what it refers to, again and again: that the next row will be wanted is not to be expected. */
    @Test
    void singleRowsWithWhatTheyReferToFetchNothingMore() throws SQLException {
        Random random = new Random(7);
        FetchCounts before = FetchCounts.of(connection);
        for (int i = 0; i < 60; i++) {
            query(connection, """
                    SELECT length(c.note) FROM buy b JOIN customer c ON c.id = b.customer WHERE b.id = %d
                    """.formatted(1 + random.nextInt(ORDERS)));
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.misses()).isBetween(100L, 120L);
        assertThat(cost.requests()).as("%s", cost).isLessThanOrEqualTo(cost.misses() + 12);
    }

    /** The values that are looked up stand in no column of what was read. */
    @Test
    void lookupsOfOtherRowsThanThoseReferredToFetchNothingMore() throws SQLException {
        query(connection, "SELECT sum(customer) FROM buy WHERE id BETWEEN 30000 AND 30199");
        List<Integer> ids = new ArrayList<>();
        for (int id = 1; id < CUSTOMERS; id += 401) {
            ids.add(id);
        }
        Collections.shuffle(ids, new Random(3));
        FetchCounts before = FetchCounts.of(connection);
        for (int id : ids) {
            query(connection, "SELECT length(note) FROM customer WHERE id = " + id);
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.requests()).as("%s", cost).isLessThanOrEqualTo(cost.misses() + 8);
    }

    /** Some of these begin far behind in a leaf of the index, whose entries are more than are ever ahead. */
    @Test
    void rangesOfAnIndexAreFollowedWhereverInALeafTheyBegin() throws SQLException {
        for (int at = 1000; at < ORDERS - 100; at += 1153) {
            FetchCounts cost = costOf(
                    "SELECT sum(length(note)) FROM buy WHERE at BETWEEN %d AND %d".formatted(at, at + 59), "9000");
            assertThat(cost.waits()).as("from %d: %s", at, cost).isLessThan(16);
        }
    }
}
