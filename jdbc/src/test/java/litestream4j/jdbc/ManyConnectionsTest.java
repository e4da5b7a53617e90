package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ManyConnectionsTest {
    private static final int THREADS = 8;

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeftBehind() {
        await().untilAsserted(() -> {
            assertThat(GatedProvider.clients()).as("open clients").isZero();
            assertThat(threads("litestream-follow")).isEmpty();
        });
    }

    private static List<String> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name::equals)
                .toList();
    }

    /**
     * Property: a read transaction shows one transaction of the primary, whatever the others do. Method: the sum over
     * table bank is 5000 in every state of the sample; connections come and go while its life is replayed.
     */
    @Test
    void everyReadOfEveryConnectionSeesOneState() throws Exception {
        Path sample = GoldenFolder.orSkip("daemon-4096-autovacuum");
        for (int txid = 1; txid <= 3; txid++) {
            GoldenFolder.copyTransaction(sample, txid, folder);
        }
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder));
        replica.setPollInterval(Duration.ofMillis(2));
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                readers.add(threads.submit(() -> read(replica, over)));
            }
            try (Connection watch = replica.getConnection()) {
                for (int txid = 4; txid <= 43; txid++) {
                    GoldenFolder.copyTransaction(sample, txid, folder);
                    String now = "%016x".formatted(txid);
                    await().pollInterval(Duration.ofMillis(2))
                            .until(() ->
                                    query(watch, "SELECT litestream_txid()").equals(now));
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    private static int read(LitestreamDataSource replica, AtomicBoolean over) throws SQLException {
        int transactions = 0;
        do {
            try (Connection connection = replica.getConnection();
                    PreparedStatement sum =
                            connection.prepareStatement("SELECT sum(bal), litestream_txid() FROM bank")) {
                connection.setAutoCommit(false);
                for (int i = 0; i < 20; i++) {
                    String first = row(sum);
                    assertThat(first).startsWith("5000 ");
                    assertThat(row(sum)).isEqualTo(first);
                    connection.commit();
                    transactions++;
                }
            }
        } while (!over.get());
        return transactions;
    }

    private static String row(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1) + " " + rows.getString(2);
        }
    }

    @Test
    void comingAndGoingLeavesNothingBehind() throws IOException, SQLException {
        LargeReplica.publish(folder);
        LitestreamDataSource replica = Databases.replica(GatedProvider.url(folder));
        for (int i = 0; i < 200; i++) {
            try (Connection connection = replica.getConnection()) {
                assertThat(query(connection, "SELECT length(b) FROM t WHERE id = 500"))
                        .isEqualTo("2000");
            }
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // That nobody closes them is the point.
    void closingAConnectionReleasesTheStatementsThatWereForgotten() throws IOException, SQLException {
        LargeReplica.publish(folder);
        Connection connection = Databases.replica(GatedProvider.url(folder)).getConnection();
        connection.setAutoCommit(false);
        for (int i = 0; i < 10; i++) {
            Statement forgotten = connection.createStatement();
            ResultSet rows = forgotten.executeQuery("SELECT * FROM t");
            assertThat(rows.next()).isTrue();
        }
        connection.close();
    }
}
