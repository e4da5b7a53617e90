package litestream4j.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import litestream4j.interop.Door.StatementFailedException;
import litestream4j.ltx.Txid;

/**
 * Reads the bank in transactions, one after the other, and notes what no transaction of the bank could have left. The
 * counts may be read by any thread; the rest is one thread's.
 */
final class BankReader {
    /** Those in this JVM would take the processor from those in other processes. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int VIOLATIONS_MAX = 20;

    private final String name;
    private final List<String> violations = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private Txid last = Txid.NONE;
    private int states;
    private volatile long transactions;
    private volatile boolean closed;

    BankReader(String name) {
        this.name = name;
    }

    /**
     * A statement that failed.
     *
     * @param nanos when, by {@link System#nanoTime}
     */
    record Failure(long nanos, String message) {}

    /** Opens a connection. */
    @FunctionalInterface
    interface Opener {
        Door open() throws IOException;
    }

    /**
     * Reads until {@link #close}, each time some transactions on one connection.
     *
     * @param transactionsEach after which a new connection is opened
     */
    void work(Opener opener, int transactionsEach) {
        try {
            while (!closed) {
                try (Door door = opener.open()) {
                    for (int i = 0; i < transactionsEach && !closed; i++) {
                        attempt(door);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (StatementFailedException e) {
                    failures.add(new Failure(System.nanoTime(), String.valueOf(e.getMessage())));
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            violate("broke down: " + e);
        }
    }

    private void attempt(Door door) throws IOException {
        try {
            transaction(door);
            long count = transactions + 1;
            transactions = count;
        } catch (StatementFailedException e) {
            failures.add(new Failure(System.nanoTime(), String.valueOf(e.getMessage())));
            try {
                List<String> _ = door.rows("ROLLBACK");
            } catch (StatementFailedException _) {
                // SQLite has rolled back by itself.
            }
        }
    }

    private void transaction(Door door) throws IOException {
        door.execute("BEGIN");
        check("entries in the journal", door.number("SELECT entries FROM total"), door, "SELECT count(*) FROM journal");
        Txid txid = txid(door.value("PRAGMA litestream_txid"));
        check("money", Bank.MONEY, door, "SELECT sum(balance) FROM account");
        check("money in two halves", Bank.MONEY, door, """
                SELECT (SELECT sum(balance) FROM account WHERE id % 2 = 0)
                     + (SELECT sum(balance) FROM account WHERE id % 2 = 1)""");
        check("entries by index", door.number("SELECT entries FROM total"), door, """
                SELECT count(*) FROM journal INDEXED BY journal_source WHERE source > 0""");
        Txid after = txid(door.value("SELECT litestream_txid()"));
        door.execute("COMMIT");
        if (!after.equals(txid)) {
            violate("txid went from %s to %s in one transaction".formatted(txid, after));
        }
        if (txid.isBefore(last)) {
            violate("txid went back from %s to %s".formatted(last, txid));
        }
        states += txid.equals(last) ? 0 : 1;
        last = txid;
    }

    private void check(String what, long expected, Door door, String sql) throws IOException {
        long found = door.number(sql);
        if (found != expected) {
            violate("%s: expected %d, found %d, at %s"
                    .formatted(what, expected, found, door.value("PRAGMA litestream_txid")));
        }
    }

    /** Notes what was seen; one that is wrong may well be wrong ten thousand times. */
    private void violate(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(name + ": " + what);
        }
    }

    private static Txid txid(String hex) {
        return Txid.parse(hex).orElseThrow(() -> new AssertionError("no txid: " + hex));
    }

    long transactions() {
        return transactions;
    }

    /** Returns how often a transaction saw another state than the one before, once the reader's thread has ended. */
    int states() {
        return states;
    }

    void close() {
        closed = true;
    }

    /** Returns what must never be, once the reader's thread has ended. */
    List<String> violations() {
        return violations;
    }

    /** Returns the statements that failed, once the reader's thread has ended. */
    List<Failure> failures() {
        return failures;
    }

    @Override
    public String toString() {
        return "%s: %d transactions, %d states, %d failed statements"
                .formatted(name, transactions, states, failures.size());
    }
}
