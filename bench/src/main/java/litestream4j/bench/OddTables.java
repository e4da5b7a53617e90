package litestream4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.SplittableRandom;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;

/**
 * A replica of one snapshot, of tables unlike those of {@link Shape}: {@code pair} is WITHOUT ROWID, with few rows to a
 * page and so few children to an interior page, filled in no order; {@code large} has rows that go on in overflow
 * pages; {@code event} has an index whose order is not that of its rows.
 */
final class OddTables {
    /** Changed with everything that changes what is made, so that nothing older is found. */
    private static final String NAME = "odd-v1";

    static final int ROWS = 30_000;
    static final int LARGE_ROWS = 1000;
    static final int LARGE_BYTES = 12_000;
    private static final int ROW_BYTES = 700;

    private static final Txid LAST = new Txid(1);

    private OddTables() {}

    /** Returns the replica; kept in a folder, and found again. */
    static Replica make(Path cache) throws IOException, SQLException {
        Path folder = cache.resolve(NAME);
        if (!Files.isDirectory(folder)) {
            Path unfinished = cache.resolve(NAME + ".unfinished");
            ReplicaMaker.delete(unfinished);
            Files.createDirectories(unfinished);
            try (Primary primary = Primary.create(unfinished.resolve("primary.db"))) {
                fill(primary.connection());
                byte[] snapshot = primary.publish(
                        LAST, LAST, Instant.parse("2026-01-15T10:00:00Z").toEpochMilli());
                Path level = Files.createDirectories(unfinished.resolve("replica/ltx/9"));
                Files.write(level.resolve(new LtxFileName(LAST, LAST).toString()), snapshot);
            }
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        Path primary = folder.resolve("primary.db");
        return new Replica(new Shape("odd", ROWS, 0, 0, 0, 0, 0), folder.resolve("replica"), primary, primary);
    }

    private static void fill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE pair (a TEXT, b INTEGER, body TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID");
            statement.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, at INTEGER, body TEXT)");
            statement.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, body TEXT)");
        }
        SplittableRandom random = new SplittableRandom(42);
        Words words = new Words(random);
        connection.setAutoCommit(false);
        try (PreparedStatement pair = connection.prepareStatement("INSERT INTO pair VALUES (?, ?, ?)");
                PreparedStatement event = connection.prepareStatement("INSERT INTO event VALUES (?, ?, ?)");
                PreparedStatement large = connection.prepareStatement("INSERT INTO large VALUES (?, ?)")) {
            for (int row = 0; row < ROWS; row++) {
                pair.setString(1, "u%05d".formatted(row * 7919 % 5000));
                pair.setInt(2, row);
                pair.setString(3, words.text(ROW_BYTES));
                pair.executeUpdate();
            }
            for (int row = 0; row < ROWS; row++) {
                event.setInt(1, row + 1);
                event.setInt(2, random.nextInt(ROWS));
                event.setString(3, words.text(ROW_BYTES));
                event.executeUpdate();
            }
            for (int row = 0; row < LARGE_ROWS; row++) {
                large.setInt(1, row + 1);
                large.setString(2, words.text(LARGE_BYTES));
                large.executeUpdate();
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE INDEX event_at ON event (at)");
        }
    }
}
