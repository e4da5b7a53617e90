package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.execute;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What scans of rows that are too large for a page cost in requests. Method: a table of 1000 rows of 12 kB, each on a
 * leaf and two overflow pages.
 */
@Timeout(120)
class FetchingLargeRowsAheadTest {
    private static final int ROWS = 1000;

    /** The last byte, so that all pages of a row are read. */
    private static final String LAST_BYTES = "SELECT length(substr(body, -1)) FROM large";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void publish() throws IOException, SQLException {
        Path database = folder.resolve("large.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            execute(
                    connection,
                    "PRAGMA page_size = 4096",
                    "CREATE TABLE large (id INTEGER PRIMARY KEY, body BLOB)",
                    """
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                    INSERT INTO large SELECT i, randomblob(12000) FROM n
                    """.formatted(ROWS));
        }
        LargeReplica.publish(database, folder.resolve("replica"));
    }

    private static LitestreamDataSource replica() {
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder.resolve("replica")));
        replica.setPollInterval(Duration.ofHours(1));
        return replica;
    }

    @Test
    void aScanAsksForManyRowsAtATime() throws SQLException {
        try (Connection connection = replica().getConnection()) {
            FetchCounts before = FetchCounts.settled(connection);
            assertThat(query(connection, "SELECT sum(x) FROM (SELECT length(substr(body, -1)) x FROM large)"))
                    .isEqualTo("1000");
            FetchCounts cost = FetchCounts.of(connection).since(before);
            assertThat(cost.requests()).as("requests: %s", cost).isLessThan(70);
        }
    }

    /**
     * Method: one scan is so many rows behind the other that the cache is about to let go what it comes to: it finds
     * the next rows there, and they are gone when it reads them.
     */
    @ParameterizedTest
    @ValueSource(ints = {82, 100})
    void aScanBehindAnotherOneAsksForManyRowsAtATime(int lag) throws SQLException {
        LitestreamDataSource replica = replica();
        try (Connection connection = replica.getConnection();
                Connection other = replica.getConnection();
                Statement statement = connection.createStatement();
                Statement otherStatement = other.createStatement()) {
            FetchCounts before = FetchCounts.settled(connection);
            try (ResultSet first = statement.executeQuery(LAST_BYTES);
                    ResultSet second = otherStatement.executeQuery(LAST_BYTES)) {
                for (int i = 0; i < ROWS + lag; i++) {
                    assertThat(i >= ROWS || first.next()).isTrue();
                    assertThat(i < lag || second.next()).isTrue();
                }
            }
            FetchCounts cost = FetchCounts.of(connection).since(before);
            assertThat(cost.requests()).as("requests: %s", cost).isLessThan(80);
        }
    }
}
