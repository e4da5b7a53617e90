package litestream4j.cli.diff;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A table that both states have, with the same definition.
 *
 * @param columns those that are stored, in order; generated ones follow from them
 * @param key what tells which rows are the same
 * @param unique columns of UNIQUE constraints and indexes; all if one has a condition or an expression
 */
record Table(String name, List<String> columns, Key key, Set<String> unique) {
    private static final List<String> ROW_NUMBERS = List.of("rowid", "_rowid_", "oid");

    /** What tells which rows of two states are the same. */
    sealed interface Key {
        /** The primary key; each column with the collation by which it is unique. */
        record Primary(Map<String, String> columns) implements Key {}

        /** The number that SQLite gives each row, by the name that no column hides. */
        record RowNumber(String name) implements Key {}

        /** Nothing: no primary key, and columns hide all names of the row's number. */
        record None() implements Key {}
    }

    /** Reads the shape of a table that both states have; both are looked at for NULLs in the primary key. */
    static Table read(TwoStates states, String name) throws SQLException {
        return read(states, name, true);
    }

    /** Reads the shape of a table that perhaps only the state to which is compared has. */
    static Table readNew(TwoStates states, String name) throws SQLException {
        return read(states, name, false);
    }

    private static Table read(TwoStates states, String name, boolean isInBoth) throws SQLException {
        String argument = Sql.quoted(name);
        List<String> columns = new ArrayList<>();
        List<String> primary = new ArrayList<>();
        List<String> all = new ArrayList<>();
        boolean isAlias = false;
        for (List<String> column :
                states.rows("SELECT name, hidden, pk, upper(type) FROM pragma_table_xinfo(%s, 'main') ORDER BY cid"
                        .formatted(argument))) {
            all.add(column.get(0).toLowerCase(Locale.ROOT));
            if (column.get(1).equals("0")) {
                columns.add(column.get(0));
            }
            if (!column.get(2).equals("0")) {
                primary.add(column.get(0));
                isAlias = column.get(3).equals("INTEGER");
            }
        }
        Indexes indexes = Indexes.read(states, argument, columns);
        boolean isRowNumber = primary.size() == 1 && isAlias && indexes.primary.isEmpty();
        Set<String> unique = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        unique.addAll(indexes.unique);
        if (isRowNumber) {
            return new Table(name, columns, new Key.Primary(Map.of(primary.getFirst(), "BINARY")), unique);
        }
        boolean hasPrimary = !indexes.primary.isEmpty()
                && !hasNull(states, "main", name, indexes.primary.keySet())
                && !(isInBoth && hasNull(states, TwoStates.FROM, name, indexes.primary.keySet()));
        if (hasPrimary) {
            return new Table(name, columns, new Key.Primary(indexes.primary), unique);
        }
        unique.addAll(indexes.primary.keySet());
        Optional<String> number =
                ROW_NUMBERS.stream().filter(alias -> !all.contains(alias)).findFirst();
        return new Table(name, columns, number.<Key>map(Key.RowNumber::new).orElseGet(Key.None::new), unique);
    }

    private static boolean hasNull(TwoStates states, String schema, String name, Set<String> columns)
            throws SQLException {
        String isNull =
                columns.stream().map(column -> Sql.name(column) + " IS NULL").collect(Collectors.joining(" OR "));
        String query = "SELECT EXISTS (SELECT 1 FROM %s.%s WHERE %s)".formatted(schema, Sql.name(name), isNull);
        return states.rows(query).getFirst().getFirst().equals("1");
    }

    /** The unique indexes of a table. */
    private record Indexes(Map<String, String> primary, Set<String> unique) {
        static Indexes read(TwoStates states, String table, List<String> columns) throws SQLException {
            Map<String, String> primary = new LinkedHashMap<>();
            Set<String> unique = new TreeSet<>();
            for (List<String> index :
                    states.rows("SELECT name, origin, partial FROM pragma_index_list(%s, 'main') WHERE \"unique\""
                            .formatted(table))) {
                boolean isPrimary = index.get(1).equals("pk");
                if (index.get(2).equals("1")) {
                    unique.addAll(columns);
                }
                for (List<String> column : states.rows(
                        "SELECT cid, name, coll FROM pragma_index_xinfo(%s, 'main') WHERE key ORDER BY seqno"
                                .formatted(Sql.quoted(index.get(0))))) {
                    if (isPrimary) {
                        primary.put(column.get(1), column.get(2));
                    } else if (Integer.parseInt(column.get(0)) >= 0 && columns.contains(column.get(1))) {
                        unique.add(column.get(1));
                    } else {
                        // An expression, or a generated column: any other may be behind it.
                        unique.addAll(columns);
                    }
                }
            }
            return new Indexes(primary, unique);
        }
    }
}
