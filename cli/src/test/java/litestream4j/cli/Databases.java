package litestream4j.cli;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import litestream4j.jdbc.LitestreamDataSource;
import org.sqlite.JDBC;

/** Databases of tests, local ones and replicas. */
public final class Databases {
    private Databases() {}

    /** Opens a local database, made if it is missing. */
    public static Connection local(Path file) throws SQLException {
        return JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
    }

    /** Makes a local database by statements. */
    public static Path create(Path file, String... statements) throws SQLException {
        try (Connection connection = local(file)) {
            execute(connection, statements);
        }
        return file;
    }

    public static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Opens a replica through the VFS. */
    public static Connection replica(String url) throws SQLException {
        LitestreamDataSource source = new LitestreamDataSource();
        source.setReplicaUrl(url);
        source.setOpenTimeout(Duration.ofSeconds(10));
        return source.getConnection();
    }

    /** Returns all that a database holds, as SQL literals; what the shell's {@code .dump} would show. */
    public static List<String> dump(Connection connection) throws SQLException {
        List<String> dump = rows(connection, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name");
        dump.add("user_version " + rows(connection, "PRAGMA user_version"));
        for (String table : rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
            dump.add(table);
            dump.addAll(rows(connection, "SELECT * FROM \"" + table.replaceAll("^'|'$", "") + "\""));
        }
        return dump;
    }

    /** Returns the rows of a query, each as text. */
    public static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i : IntStream.rangeClosed(1, columns).toArray()) {
                    Object value = result.getObject(i);
                    row.add(value instanceof byte[] blob ? HexFormat.of().formatHex(blob) : "'" + value + "'");
                }
                rows.add(row.stream().collect(Collectors.joining("|")));
            }
        }
        return rows;
    }
}
