package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import litestream4j.testkit.Sqlite3Shell;

/**
 * One way into the product, open on one replica: a connection. The same questions get the same answers through all.
 * Used by one thread at a time.
 */
interface Door extends AutoCloseable {
    /** The ways in. */
    enum Kind {
        SHELL,
        PYTHON,
        JDBC;

        /**
         * Opens a connection.
         *
         * @param replica its URL
         * @param pollInterval between two looks for new transactions
         * @param environment variables for hosts outside of this JVM, such as keys
         * @throws StatementFailedException if SQLite refuses to open it
         */
        Door open(String replica, Duration pollInterval, Map<String, String> environment) throws IOException {
            return switch (this) {
                case SHELL -> new ShellDoor(uri(replica, pollInterval), environment);
                case PYTHON -> new PythonDoor(uri(replica, pollInterval), environment);
                case JDBC -> JdbcDoor.of(replica, pollInterval);
            };
        }

        /** Opens a plain database file with the same SQLite: what it shows there, it has to show of a replica. */
        Door openPlain(Path database) throws IOException {
            String uri = "file:" + database + "?mode=ro";
            return switch (this) {
                case SHELL -> new ShellDoor(uri, Map.of());
                case PYTHON -> new PythonDoor(uri, Map.of());
                case JDBC -> JdbcDoor.of("jdbc:sqlite:" + uri);
            };
        }
    }

    /**
     * Runs a statement.
     *
     * @return the rows, their values as text with a bar between them; null is empty
     * @throws StatementFailedException if SQLite refuses it
     */
    List<String> rows(String sql) throws IOException;

    /** Runs a statement that gives no row. */
    default void execute(String sql) throws IOException {
        List<String> rows = rows(sql);
        if (!rows.isEmpty()) {
            throw new AssertionError("expected no row, found " + rows + " for " + sql);
        }
    }

    /** Runs a statement that gives one row. */
    default String value(String sql) throws IOException {
        List<String> rows = rows(sql);
        if (rows.size() != 1) {
            throw new AssertionError("expected one row, found " + rows + " for " + sql);
        }
        return rows.getFirst();
    }

    /** Runs a statement that gives one number. */
    default long number(String sql) throws IOException {
        return Long.parseLong(value(sql));
    }

    /** Copies the database, page for page, to a plain file. */
    void backup(Path file) throws IOException;

    /** Returns the database as SQL text, as {@code .dump} of the shell gives it. */
    default String dump(Path scratch) throws IOException {
        Path copy = scratch.resolve("copy-" + System.nanoTime() + ".db");
        backup(copy);
        return Sqlite3Shell.readOnly(copy).run(".dump").success();
    }

    /** Returns the process that is the host, unless it is this one. */
    default OptionalLong host() {
        return OptionalLong.empty();
    }

    @Override
    void close() throws IOException;

    /** Returns the URI of a litestream database. */
    static String uri(String replica, Duration pollInterval) {
        String encoded = replica.replace("%", "%25")
                .replace("&", "%26")
                .replace("#", "%23")
                .replace("?", "%3F");
        return "file:label.db?vfs=litestream&replica_url=%s&poll_interval=%dms"
                .formatted(encoded, pollInterval.toMillis());
    }

    /** SQLite refused a statement; the message is what the host shows its user. */
    final class StatementFailedException extends IOException {
        private static final long serialVersionUID = 1;

        StatementFailedException(String message) {
            super(message);
        }
    }
}
