package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import litestream4j.testkit.Sqlite3Shell;
import org.jspecify.annotations.Nullable;

/**
 * A bank that moves money between accounts, as fast as it is let, until it is closed. Whatever it does, each
 * transaction leaves three things true, which {@link BankReader} looks for.
 */
final class Bank implements AutoCloseable {
    static final int ACCOUNTS = 200;

    static final long MONEY = 1000L * ACCOUNTS;

    /** More would only take the processor from the readers. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final Connection connection;
    private final Random random;
    private final Thread writer;
    private volatile boolean closed;
    private volatile long transfers;
    private volatile @Nullable SQLException failure;

    /**
     * Opens the bank.
     *
     * @param database made by {@link #create}
     */
    Bank(Path database, long seed) throws SQLException {
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        this.random = new Random(seed);
        run("PRAGMA busy_timeout = 20000");
        run(Primaries.NO_CHECKPOINTS);
        this.writer = Thread.ofPlatform().name("bank").start(this::work);
    }

    /** Makes the database: accounts, a journal of transfers, and one row that says how long the journal is. */
    static Path create(Path database) throws IOException {
        String _ = Sqlite3Shell.on(database).run("""
                        PRAGMA auto_vacuum = INCREMENTAL;
                        PRAGMA journal_mode = WAL;
                        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INT NOT NULL, filler BLOB);
                        CREATE TABLE journal(id INTEGER PRIMARY KEY, source INT, target INT, amount INT, note TEXT);
                        CREATE INDEX journal_source ON journal(source);
                        CREATE TABLE total(entries INT NOT NULL);
                        INSERT INTO total VALUES (0);
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                            INSERT INTO account SELECT i, 1000, randomblob(800) FROM n;
                        """.formatted(ACCOUNTS)).success();
        return database;
    }

    long transfers() {
        return transfers;
    }

    private void work() {
        try {
            while (!closed) {
                transfer();
                long count = transfers + 1;
                transfers = count;
                if (count % 300 == 0) {
                    forgetHalfTheJournal();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private void transfer() throws SQLException {
        int source = 1 + random.nextInt(ACCOUNTS);
        int target = 1 + random.nextInt(ACCOUNTS);
        int amount = random.nextInt(100);
        run("BEGIN IMMEDIATE");
        run("UPDATE account SET balance = balance - %d WHERE id = %d".formatted(amount, source));
        run("UPDATE account SET balance = balance + %d WHERE id = %d".formatted(amount, target));
        run("INSERT INTO journal(source, target, amount, note) VALUES (%d, %d, %d, hex(randomblob(%d)))"
                .formatted(source, target, amount, random.nextInt(500)));
        run("UPDATE total SET entries = entries + 1");
        run("COMMIT");
    }

    private void forgetHalfTheJournal() throws SQLException {
        run("BEGIN IMMEDIATE");
        run("DELETE FROM journal WHERE id <= (SELECT (min(id) + max(id)) / 2 FROM journal)");
        run("UPDATE total SET entries = (SELECT count(*) FROM journal)");
        run("COMMIT");
        run("PRAGMA incremental_vacuum(100)");
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        }
    }

    /**
     * Ends all transfers.
     *
     * @throws SQLException the one that ended them before
     */
    @Override
    public void close() throws SQLException {
        closed = true;
        try {
            writer.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        connection.close();
        SQLException reason = failure;
        if (reason != null) {
            throw reason;
        }
    }
}
