package litestream4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/** Makes replicas from real databases, the same ones each time. A finished one is kept, and found again. */
final class ReplicaMaker {
    /** Changed with everything that changes what is made, so that nothing older is found. */
    private static final String VERSION = "v1";

    /** The last transaction in the snapshot. */
    private static final long SNAPSHOT_TXID = 1000;

    private static final int SNAPSHOT_LEVEL = 9;
    private static final Instant BEGIN = Instant.parse("2026-01-15T10:00:00Z");

    private final Shape shape;
    private final Path folder;
    private final SplittableRandom random = new SplittableRandom(42);
    private final Words words = new Words(random);
    private long txid;

    private ReplicaMaker(Shape shape, Path folder) {
        this.shape = shape;
        this.folder = folder;
    }

    /**
     * Returns the replica of a shape.
     *
     * @param cache folder in which finished replicas are kept
     */
    static Replica make(Shape shape, Path cache) throws IOException, SQLException {
        Path finished = cache.resolve(shape.name() + "-" + VERSION);
        if (!Files.isDirectory(finished)) {
            Path unfinished = cache.resolve(shape.name() + ".unfinished");
            delete(unfinished);
            Files.createDirectories(unfinished);
            new ReplicaMaker(shape, unfinished).make();
            Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Replica(
                shape, finished.resolve("replica"), finished.resolve("primary.db"), finished.resolve("plain.db"));
    }

    static long lastTxid(Shape shape) {
        return SNAPSHOT_TXID + 100L * shape.level2() + 10L * shape.level1() + shape.level0();
    }

    /** Returns the time that the file which ends with a transaction carries. */
    static Instant timeOf(long txid) {
        return BEGIN.plusSeconds(txid);
    }

    private void make() throws IOException, SQLException {
        try (Primary primary = Primary.create(folder.resolve("primary.db"))) {
            fill(primary.connection());
            publish(primary, SNAPSHOT_LEVEL, SNAPSHOT_TXID);
            for (int i = 0; i < shape.level2(); i++) {
                update(primary.connection(), 150);
                publish(primary, 2, 100);
            }
            for (int i = 0; i < shape.level1(); i++) {
                update(primary.connection(), 30);
                publish(primary, 1, 10);
            }
            for (int i = 0; i < shape.level0(); i++) {
                update(primary.connection(), 2);
                publish(primary, 0, 1);
            }
        }
        copyWithoutWal();
    }

    private void copyWithoutWal() throws IOException, SQLException {
        Path copy = Files.copy(folder.resolve("primary.db"), folder.resolve("plain.db"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
        }
    }

    private void publish(Primary primary, int level, long transactions) throws IOException, SQLException {
        Txid min = new Txid(txid + 1);
        txid += transactions;
        Txid max = new Txid(txid);
        byte[] content = primary.publish(min, max, timeOf(txid).toEpochMilli());
        Path file = folder.resolve("replica/ltx/" + level).resolve(new LtxFileName(min, max).toString());
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private void fill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE ticker (n INTEGER NOT NULL)");
            statement.execute("INSERT INTO ticker VALUES (0)");
            statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, body TEXT)");
            statement.execute("CREATE TABLE wide (id INTEGER PRIMARY KEY, body TEXT)");
            statement.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, note TEXT)");
        }
        connection.setAutoCommit(false);
        // Customers in turn: the rows of one lie far from each other.
        insert(connection, "item", shape.items(), row -> row % shape.customers(), 790);
        insert(connection, "wide", shape.wides(), row -> null, 3600);
        insert(connection, "event", shape.events(), row -> row % Math.max(1, shape.items()), 960);
        connection.commit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE INDEX item_customer ON item (customer)");
            statement.execute("CREATE INDEX event_item ON event (item)");
        }
    }

    private interface Reference {
        @Nullable Integer of(int row);
    }

    private void insert(Connection connection, String table, int rows, Reference reference, int bytes)
            throws SQLException {
        boolean hasReference = reference.of(0) != null;
        String sql = "INSERT INTO " + table + " VALUES (?, " + (hasReference ? "?, ?)" : "?)");
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int row = 0; row < rows; row++) {
                insert.setInt(1, row + 1);
                if (hasReference) {
                    insert.setObject(2, reference.of(row));
                }
                insert.setString(hasReference ? 3 : 2, words.text(bytes));
                insert.executeUpdate();
            }
        }
    }

    /** Rewrites rows at random, and the ticker. */
    private void update(Connection connection, int rows) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement update = connection.prepareStatement("UPDATE item SET body = ? WHERE id = ?");
                Statement ticker = connection.createStatement()) {
            for (int i = 0; i < rows; i++) {
                update.setString(1, words.text(790));
                update.setInt(2, 1 + random.nextInt(shape.items()));
                update.executeUpdate();
            }
            ticker.execute("UPDATE ticker SET n = n + 1");
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
