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
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What queries cost in pages that they have to wait for. Method: a table of 20000 rows on some 3000 pages, whose
 * customers have 20 rows each, far from each other; the engine counts pages that were wanted, and which of them were
 * on their way by then.
 */
@Timeout(120)
class FetchingAheadTest {
    private static final int ROWS = 20_000;
    private static final int CUSTOMERS = ROWS / 20;

    @TempDir
    private static Path folder;

    private Connection connection;
    private FetchCounts before;

    @BeforeAll
    static void publish() throws IOException, SQLException {
        Path database = folder.resolve("shop.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 4096");
            statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, customer INT, code TEXT UNIQUE, note BLOB)");
            statement.execute("""
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                    INSERT INTO item SELECT i, i %% %d, 'code-' || i, randomblob(500) FROM n
                    """.formatted(ROWS, CUSTOMERS));
            statement.execute("CREATE INDEX item_customer ON item (customer)");
        }
        LargeReplica.publish(database, folder.resolve("replica"));
    }

    @BeforeEach
    void open() throws SQLException {
        open(replica());
    }

    private static LitestreamDataSource replica() {
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder.resolve("replica")));
        replica.setPollInterval(Duration.ofHours(1));
        return replica;
    }

    private void open(LitestreamDataSource replica) throws SQLException {
        connection = replica.getConnection();
        assertThat(query(connection, "SELECT count(*) FROM sqlite_schema")).isEqualTo("3");
        before = FetchCounts.settled(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void withTheInteriorPagesHereALookupIsOneRequest() throws SQLException {
        assertThat(query(connection, "SELECT length(note) FROM item WHERE id = 12345"))
                .isEqualTo("500");
        assertThat(FetchCounts.of(connection).since(before).requests()).isEqualTo(1);
    }

    @Test
    void aLookupByAUniqueKeyFetchesNothingMore() throws SQLException {
        assertThat(query(connection, "SELECT id FROM item WHERE code = 'code-4711'"))
                .isEqualTo("4711");
        assertThat(FetchCounts.of(connection).since(before).requests()).isLessThanOrEqualTo(2);
    }

    @Test
    void theRowsThatAnIndexLeadsToAreFetchedSideBySide() throws SQLException {
        assertThat(query(connection, "SELECT sum(length(note)) FROM item WHERE customer = 17"))
                .isEqualTo("10000");
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).as("index leaf and first row").isLessThanOrEqualTo(3);
        assertThat(cost.ahead()).isGreaterThanOrEqualTo(17);
        assertThat(cost.requests()).isLessThanOrEqualTo(26);
    }

    @Test
    void aRangeOfAnIndexIsFollowedFromKeyToKeyAndFromLeafToLeaf() throws SQLException {
        assertThat(query(connection, "SELECT sum(length(note)) FROM item WHERE customer BETWEEN 100 AND 139"))
                .isEqualTo("400000");
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).as("of some 800 pages").isLessThan(40);
    }

    @Test
    void theLastRowsOfAKeyAreFetchedSideBySide() throws SQLException {
        assertThat(query(connection, """
                SELECT sum(length(note)) FROM (SELECT note FROM item WHERE customer = 17 ORDER BY id DESC LIMIT 10)
                """)).isEqualTo("5000");
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).as("index leaf and last row").isLessThanOrEqualTo(3);
        assertThat(cost.ahead()).isGreaterThanOrEqualTo(9);
        assertThat(cost.requests()).isLessThanOrEqualTo(26);
    }

    @Test
    void eachQueryByAnIndexIsFollowedAlsoOnTheLeafOfTheOneBefore() throws SQLException {
        for (int customer : new int[] {500, 502, 498, 900, 500}) {
            FetchCounts earlier = FetchCounts.of(connection);
            assertThat(query(
                            connection,
                            "SELECT sum(length(note)) FROM item WHERE customer BETWEEN %d AND %d"
                                    .formatted(customer, customer + 9)))
                    .isEqualTo("100000");
            FetchCounts cost = FetchCounts.of(connection).since(earlier);
            assertThat(cost.waits()).as("customer %d: %s", customer, cost).isLessThanOrEqualTo(12);
        }
    }

    @Test
    void aScanWaitsForNearlyNothingAndWastesNothing() throws SQLException {
        assertThat(query(connection, "SELECT sum(length(note)) FROM item")).isEqualTo("10000000");
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.misses()).isGreaterThan(2500);
        assertThat(cost.waits()).isLessThan(12);
        assertThat(cost.requests()).isLessThan(60);
        assertThat(cost.wasted()).isZero();
    }

    @Test
    void aScanAgainstTheKeysIsAsCheap() throws SQLException {
        assertThat(query(connection, "SELECT sum(length(note)) FROM (SELECT note FROM item ORDER BY id DESC)"))
                .isEqualTo("10000000");
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).isLessThan(12);
        assertThat(cost.requests()).isLessThan(60);
    }

    /** Pages that an earlier query left in the cache must still be there when the scan comes to them. */
    @Test
    void aScanFindsWhatAnEarlierQueryRead() throws SQLException {
        connection.close();
        LitestreamDataSource replica = replica();
        replica.setCacheSize(2_000_000L);
        open(replica);
        assertThat(query(connection, "SELECT sum(length(note)) FROM item WHERE customer BETWEEN 100 AND 149"))
                .isEqualTo("500000");
        FetchCounts earlier = FetchCounts.settled(connection);
        assertThat(query(connection, "SELECT sum(length(note)) FROM item")).isEqualTo("10000000");
        FetchCounts cost = FetchCounts.of(connection).since(earlier);
        assertThat(cost.misses()).as("all but those in the cache").isLessThan(2750);
        assertThat(cost.waits()).isLessThan(12);
    }

    /**
     * What one scan has asked for another one takes, and the cache is too small to keep it until the first one comes
     * by: it must not wait for each of these pages by itself.
     */
    @Test
    void aScanWhosePagesAnotherOneTookAsksForThemAgain() throws SQLException {
        connection.close();
        LitestreamDataSource replica = replica();
        replica.setCacheSize(1_000_000L);
        open(replica);
        try (Connection other = replica.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT length(note) FROM item")) {
            int count = 0;
            while (count < 1000 && rows.next()) {
                count++;
            }
            assertThat(query(other, "SELECT sum(length(note)) FROM item")).isEqualTo("10000000");
            while (rows.next()) {
                count++;
            }
            assertThat(count).isEqualTo(ROWS);
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.waits()).as("of 6000 pages: %s", cost).isLessThan(60);
    }

    /** One is ahead of the other by less than the cache holds, and by more than the pages that it keeps unasked. */
    @Test
    void scansOfOneTableFetchItOnce() throws SQLException {
        connection.close();
        LitestreamDataSource replica = replica();
        replica.setCacheSize(3_000_000L);
        open(replica);
        String all = "SELECT length(note) FROM item";
        try (Connection other = replica.getConnection();
                Statement statement = connection.createStatement();
                Statement otherStatement = other.createStatement();
                ResultSet first = statement.executeQuery(all);
                ResultSet second = otherStatement.executeQuery(all)) {
            int ahead = read(first, 1_000);
            int behind = 0;
            while (behind < ROWS) {
                ahead += read(first, 1_000);
                behind += read(second, 1_000);
            }
            assertThat(ahead).isEqualTo(ROWS);
        }
        FetchCounts cost = FetchCounts.of(connection).since(before);
        assertThat(cost.misses()).as("of 6000 pages: %s", cost).isLessThan(3000);
        assertThat(cost.requests()).as("as many as one scan makes: %s", cost).isLessThan(60);
    }

    private static int read(ResultSet rows, int most) throws SQLException {
        int count = 0;
        while (count < most && rows.next()) {
            count++;
        }
        return count;
    }

    @Test
    void aQueryThatStopsEarlyFetchesLittle() throws SQLException {
        long received = received();
        assertThat(query(connection, "SELECT count(*) FROM (SELECT note FROM item LIMIT 10)"))
                .isEqualTo("10");
        assertThat(received() - received).isLessThan(200_000);
    }

    @Test
    void manyQueriesThatStopEarlyFetchLittleMoreThanTheyRead() throws SQLException {
        readTenRowsAtEachOf(0, 20);
        FetchCounts earlier = FetchCounts.settled(connection);
        long received = received();
        readTenRowsAtEachOf(20, 60);
        FetchCounts cost = FetchCounts.settled(connection).since(earlier);
        assertThat(cost.misses()).as("two or three leaves each").isEqualTo(90);
        assertThat(cost.requests()).as("requests: %s", cost).isEqualTo(90);
        assertThat(received() - received).as("less than four pages each").isLessThan(40 * 4 * 4096);
        assertThat(query(connection, "SELECT sum(length(note)) FROM item")).isEqualTo("10000000");
        assertThat(FetchCounts.of(connection).since(earlier).since(cost).waits())
                .as("of a long scan afterwards")
                .isLessThan(20);
    }

    private void readTenRowsAtEachOf(int from, int to) throws SQLException {
        for (int i = from; i < to; i++) {
            int id = 1 + i * 7919 % (ROWS - 10);
            assertThat(query(
                            connection,
                            "SELECT count(*) FROM (SELECT note FROM item WHERE id >= %d LIMIT 10)".formatted(id)))
                    .isEqualTo("10");
        }
    }

    private long received() throws SQLException {
        return FetchCounts.number(query(connection, "PRAGMA litestream_stats"), "received_bytes");
    }
}
