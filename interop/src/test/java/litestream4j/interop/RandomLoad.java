package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import litestream4j.testkit.Sqlite3Shell;

/**
 * Writes to a primary's database what an application might: rows, blobs, indexes, growth and shrinkage, by a seed.
 * Used by one thread at a time.
 */
final class RandomLoad implements AutoCloseable {
    private final Connection connection;
    private final Random random;

    /** @param database made by {@link #create} */
    RandomLoad(Path database, long seed) throws SQLException {
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        this.random = new Random(seed);
        run("PRAGMA busy_timeout = 20000");
        run(Primaries.NO_CHECKPOINTS);
    }

    /** Makes the database with its tables. */
    static Path create(Path database) throws IOException {
        String _ = Sqlite3Shell.on(database).run("""
                        PRAGMA auto_vacuum = INCREMENTAL;
                        PRAGMA journal_mode = WAL;
                        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, quantity INT, picture BLOB);
                        CREATE TABLE tag(item INT, word TEXT, PRIMARY KEY(item, word)) WITHOUT ROWID;
                        CREATE INDEX item_name ON item(name);
                        INSERT INTO item VALUES (1, 'first', 1, NULL);
                        """).success();
        return database;
    }

    /** Writes for a while, transaction after transaction. */
    void runFor(Duration time) throws SQLException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            step();
        }
    }

    private void step() throws SQLException {
        int low = random.nextInt(2000);
        int high = low + random.nextInt(400);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> insert(1 + random.nextInt(10), 300);
            case 5 -> insert(40, 2000);
            case 6 -> insert(2, 30_000);
            case 7, 8, 9, 10 ->
                run("UPDATE item SET quantity = quantity + 1, name = name || '+' WHERE id BETWEEN %d AND %d"
                        .formatted(low, low + 20));
            case 11, 12 ->
                run("UPDATE item SET picture = randomblob(700) WHERE id BETWEEN %d AND %d".formatted(low, low + 10));
            case 13, 14 ->
                run("INSERT OR REPLACE INTO tag SELECT id, hex(randomblob(3)) FROM item"
                        + " WHERE id BETWEEN %d AND %d".formatted(low, low + 30));
            case 15, 16 -> run("DELETE FROM item WHERE id BETWEEN %d AND %d".formatted(low, high));
            case 17 -> run("PRAGMA incremental_vacuum(%d)".formatted(1 + random.nextInt(50)));
            case 18 ->
                run(
                        random.nextBoolean()
                                ? "CREATE INDEX IF NOT EXISTS item_quantity ON item(quantity)"
                                : "DROP INDEX IF EXISTS item_quantity");
            default -> shrink();
        }
    }

    private void insert(int rows, int blobBytes) throws SQLException {
        run("""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                INSERT INTO item(name, quantity, picture)
                    SELECT 'name ' || abs(random() %% 1000), i, randomblob(%d) FROM n
                """.formatted(rows, blobBytes));
    }

    private void shrink() throws SQLException {
        run("DELETE FROM item WHERE id %% 3 = %d".formatted(random.nextInt(3)));
        run(random.nextInt(3) == 0 ? "VACUUM" : "PRAGMA incremental_vacuum");
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
