package litestream4j.cli.diff;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An entry of a schema that a statement made.
 *
 * @param type table, index, view or trigger
 * @param table the table it belongs to
 * @param sql the statement that made it
 * @param isShadow whether it is a table in which a virtual table keeps what it holds
 */
record SchemaObject(String type, String name, String table, String sql, boolean isShadow) {
    /** What names an entry; SQLite's names have no case. */
    record Name(String type, String lowerCase) {}

    /** Reads all entries of one state. Those that SQLite makes by itself are left out. */
    static Map<Name, SchemaObject> read(TwoStates states, String schema) throws SQLException {
        Map<Name, SchemaObject> objects = new LinkedHashMap<>();
        states.rows(("SELECT s.type, s.name, s.tbl_name, s.sql, coalesce(l.type = 'shadow', 0)"
                                + " FROM %1$s.sqlite_schema s"
                                + " LEFT JOIN pragma_table_list l"
                                + " ON l.schema = '%1$s' AND l.name = s.name AND s.type = 'table'"
                                + " WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%%' ESCAPE '\\'"
                                + " ORDER BY s.rowid")
                        .formatted(schema))
                .forEach(row -> objects.put(
                        new Name(row.get(0), row.get(1).toLowerCase(Locale.ROOT)),
                        new SchemaObject(
                                row.get(0),
                                row.get(1),
                                row.get(2),
                                row.get(3),
                                row.get(4).equals("1"))));
        return objects;
    }

    boolean isTable() {
        return type.equals("table");
    }

    boolean isVirtual() {
        return isTable() && sql.strip().toUpperCase(Locale.ROOT).startsWith("CREATE VIRTUAL");
    }

    String drop() {
        return "DROP %s %s;".formatted(type.toUpperCase(Locale.ROOT), Sql.name(name));
    }
}
