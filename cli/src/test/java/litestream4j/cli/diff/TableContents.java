package litestream4j.cli.diff;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import litestream4j.cli.Databases;

/** All that a database file holds, by type and bytes, without regard to the order of rows. */
final class TableContents {
    private TableContents() {}

    static List<String> of(Path database) throws SQLException {
        try (Connection connection = Databases.local(database)) {
            List<String> contents = Databases.rows(
                    connection, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name");
            contents.add(Databases.rows(connection, "PRAGMA user_version").toString());
            for (String quoted : Databases.rows(
                    connection,
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
                            + " ORDER BY name")) {
                String table = quoted.substring(1, quoted.length() - 1);
                contents.add(table);
                contents.addAll(rows(connection, table));
            }
            return contents;
        }
    }

    private static List<String> rows(Connection connection, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (String quoted : Databases.rows(
                connection, "SELECT name FROM pragma_table_xinfo('%s')".formatted(table.replace("'", "''")))) {
            columns.add(Sql.name(quoted.substring(1, quoted.length() - 1)));
        }
        String all = columns.stream()
                .map(column ->
                        "typeof(%1$s), hex(CAST(%1$s AS BLOB)), %1$s IS 0.0, printf('%%!.20g', %1$s)".formatted(column))
                .collect(Collectors.joining(", "));
        return Databases.rows(connection, "SELECT %s FROM %s".formatted(all, Sql.name(table))).stream()
                .sorted()
                .toList();
    }
}
