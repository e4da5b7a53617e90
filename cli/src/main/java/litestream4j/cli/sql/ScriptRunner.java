package litestream4j.cli.sql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import litestream4j.cli.output.RowSink;
import org.jspecify.annotations.Nullable;

/** Runs statements on a connection, and hands on their rows as they come. */
public final class ScriptRunner {
    private final Connection connection;

    private volatile @Nullable PreparedStatement running;

    public ScriptRunner(Connection connection) {
        this.connection = connection;
    }

    /**
     * Runs statements in order, up to the first that fails.
     *
     * @throws IOException if the sink fails
     */
    public void run(List<String> statements, RowSink sink) throws StatementFailure, IOException {
        for (int i = 0; i < statements.size(); i++) {
            String sql = statements.get(i);
            try {
                run(sql, sink);
            } catch (SQLException e) {
                throw new StatementFailure(statements.size() == 1 ? 0 : i + 1, sql, e);
            }
        }
    }

    private void run(String sql, RowSink sink) throws SQLException, IOException {
        // Prepared, because sqlite-jdbc would take a plain "backup to" or "restore from" for commands of its own.
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            running = statement;
            if (statement.execute()) {
                try (ResultSet rows = statement.getResultSet()) {
                    copy(rows, sink);
                }
            }
        } finally {
            running = null;
        }
    }

    private static void copy(ResultSet rows, RowSink sink) throws SQLException, IOException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
        }
        sink.begin(names);
        @Nullable Object[] values = new Object[names.size()];
        while (rows.next()) {
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.getObject(i + 1);
            }
            sink.row(values);
        }
        sink.end();
    }

    /** Makes the running statement fail, if there is one. Safe for any thread. */
    public void cancel() {
        PreparedStatement statement = running;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException _) {
                // It has just ended.
            }
        }
    }
}
