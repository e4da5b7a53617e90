package litestream4j.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What the tests of this package do with databases. */
final class Databases {
    private Databases() {}

    static LitestreamDataSource replica(Path folder) {
        return replica("file://" + folder);
    }

    static LitestreamDataSource replica(String url) {
        LitestreamDataSource replica = new LitestreamDataSource();
        replica.setReplicaUrl(url);
        return replica;
    }

    /** Returns the rows of a query, columns parted by bars, as the sqlite3 shell shows them. */
    static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            while (rows.next()) {
                text.append(text.isEmpty() ? "" : "\n");
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    text.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
            }
            return text.toString();
        }
    }

    static void execute(Connection connection, String... sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
