package litestream4j.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A replica in a folder, and the database it stands for.
 *
 * @param folder of the replica, for {@code file://} URLs; its levels are in {@code ltx/0} to {@code ltx/9}
 * @param primary the primary's file in its last state, in WAL mode
 * @param plain the same in DELETE mode, which is what the VFS shows
 */
record Replica(Shape shape, Path folder, Path primary, Path plain) {
    String name() {
        return shape.name();
    }

    long lastTxid() {
        return ReplicaMaker.lastTxid(shape);
    }

    /** Returns how many pages a table takes. */
    long pagesOf(String table) throws SQLException {
        return count("SELECT count(*) FROM dbstat WHERE name = '" + table + "'");
    }

    /** Returns how many pages the database has. */
    long pages() throws SQLException {
        return count("PRAGMA page_count");
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + plain);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.getLong(1);
        }
    }

    /** Returns the folder of the levels. */
    Path levels() {
        return folder.resolve("ltx");
    }
}
