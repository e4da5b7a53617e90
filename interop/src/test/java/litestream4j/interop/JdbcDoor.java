package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import litestream4j.jdbc.LitestreamDataSource;

/** The JDBC driver in this JVM. */
final class JdbcDoor implements Door {
    private final Connection connection;

    private JdbcDoor(Connection connection) {
        this.connection = connection;
    }

    /** Opens a replica. */
    static JdbcDoor of(String replica, Duration pollInterval) throws StatementFailedException {
        LitestreamDataSource source = new LitestreamDataSource();
        source.setReplicaUrl(replica);
        source.setPollInterval(pollInterval);
        try {
            return new JdbcDoor(source.getConnection());
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Opens what a URL of sqlite-jdbc names. */
    static JdbcDoor of(String url) throws StatementFailedException {
        try {
            return new JdbcDoor(DriverManager.getConnection(url));
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    @Override
    public List<String> rows(String sql) throws IOException {
        try (Statement statement = connection.createStatement()) {
            List<String> rows = new ArrayList<>();
            if (statement.execute(sql)) {
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) {
                        rows.add(row(result));
                    }
                }
            }
            return rows;
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static String row(ResultSet result) throws SQLException {
        StringBuilder row = new StringBuilder();
        int columns = result.getMetaData().getColumnCount();
        for (int column = 1; column <= columns; column++) {
            String value = result.getString(column);
            row.append(column == 1 ? "" : "|").append(value == null ? "" : value);
        }
        return row.toString();
    }

    @Override
    public void backup(Path file) throws IOException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("backup to '" + file + "'");
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static StatementFailedException refused(SQLException e) {
        StatementFailedException refused = new StatementFailedException(String.valueOf(e.getMessage()));
        refused.initCause(e);
        return refused;
    }
}
