package litestream4j.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/** A connection to a replica. */
final class ConnectionDelegate extends Delegate {
    private final SQLiteConnection target;
    private final String url;
    private boolean closed;

    private ConnectionDelegate(SQLiteConnection target, String url) {
        super(target);
        this.target = target;
        this.url = url;
    }

    /**
     * Wraps a connection.
     *
     * @param url to be shown, without secrets
     */
    static Connection wrap(SQLiteConnection target, String url) {
        return proxy(Connection.class, new ConnectionDelegate(target, url));
    }

    @Override
    @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            // Pools log it: a program may have several, and other databases of SQLite's.
            case "toString" -> "%s@%x".formatted(url, System.identityHashCode(proxy));
            case "setReadOnly" -> {
                // A hint, says JDBC. Pools give it in both directions; sqlite-jdbc would refuse one of them.
                target.getAutoCommit(); // Fails if the connection is closed.
                yield null;
            }
            case "close" -> {
                close();
                yield null;
            }
            case "abort" -> {
                abort(arguments);
                yield null;
            }
            default -> wrap(super.answer(proxy, method, arguments), (Connection) proxy);
        };
    }

    private @Nullable Object wrap(@Nullable Object answer, Connection self) {
        return switch (answer) {
            case PreparedStatement it -> StatementDelegate.wrap(PreparedStatement.class, it, self);
            case Statement it -> StatementDelegate.wrap(Statement.class, it, self);
            case DatabaseMetaData it -> MetaDataDelegate.wrap(it, self, url);
            case null, default -> answer;
        };
    }

    /** Ends what runs on another thread, so that closing never waits for a store that does not answer. */
    private synchronized void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        if (!target.isClosed()) {
            target.getDatabase().interrupt();
            target.close();
        }
    }

    private void abort(Object @Nullable [] arguments) throws SQLException {
        if (arguments == null || !(arguments[0] instanceof Executor executor)) {
            throw new SQLException("no executor to abort with");
        }
        executor.execute(() -> {
            try {
                close();
            } catch (SQLException _) {
                // Nobody is left to be told.
            }
        });
    }
}
