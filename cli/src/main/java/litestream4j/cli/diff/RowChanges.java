package litestream4j.cli.diff;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that are not the same in two states. SQLite finds them, so that rows are told apart by its own
 * rules; values are compared by type and bytes.
 */
final class RowChanges {
    /** A query shows each column of both states with its type; SQLite allows 2000. */
    static final int COLUMNS_MAX = 400;

    private static final String OLD = "f";
    private static final String NEW = "t";

    private final TwoStates states;
    private final Table table;

    RowChanges(TwoStates states, Table table) {
        this.states = states;
        this.table = table;
    }

    /** Takes a row of one state; with the row's number in front if that is the key. */
    interface Rows {
        void row(@Nullable Object[] values) throws IOException;
    }

    /** Takes a row of both states. */
    interface Pairs {
        void pair(@Nullable Object[] before, @Nullable Object[] after) throws IOException;
    }

    /** Returns the names of a row's values. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        if (table.key() instanceof Table.Key.RowNumber(String name)) {
            names.add(name);
        }
        names.addAll(table.columns());
        return names;
    }

    /** Tells whether any row is not the same. */
    boolean exist() throws SQLException {
        String name = Sql.name(table.name());
        if (table.key() instanceof Table.Key.None) {
            String columns = table.columns().stream()
                    .map(column -> Sql.name(column) + " COLLATE BINARY, typeof(" + Sql.name(column) + ")")
                    .collect(Collectors.joining(", "));
            // Grouped, since the same row may be there more than once.
            String side = "SELECT %s, count(*) FROM %%s.%s GROUP BY %s".formatted(columns, name, columns);
            String from = side.formatted(TwoStates.FROM);
            String to = side.formatted("main");
            return !states.rows("SELECT 1 FROM (%s EXCEPT %s) LIMIT 1".formatted(from, to))
                            .isEmpty()
                    || !states.rows("SELECT 1 FROM (%s EXCEPT %s) LIMIT 1".formatted(to, from))
                            .isEmpty();
        }
        return isFound(missing("1", OLD)) || isFound(missing("1", NEW)) || isFound(changed("1"));
    }

    private boolean isFound(String query) throws SQLException {
        return !states.rows("SELECT 1 FROM (%s) LIMIT 1".formatted(query)).isEmpty();
    }

    /** Visits the rows that only the state from which is compared has; all of it if there is no key. */
    long deleted(Rows rows) throws SQLException, IOException {
        return states.<IOException>read(only(OLD), names().size(), rows::row);
    }

    /** Visits the rows that only the state to which is compared has; all of it if there is no key. */
    long inserted(Rows rows) throws SQLException, IOException {
        return states.<IOException>read(only(NEW), names().size(), rows::row);
    }

    /** Visits all rows of the state to which is compared. */
    long all(Rows rows) throws SQLException, IOException {
        return states.<IOException>read(
                "SELECT %s FROM %s".formatted(pairs(NEW), source(NEW)), names().size(), rows::row);
    }

    private String only(String side) {
        return table.key() instanceof Table.Key.None
                ? "SELECT %s FROM %s".formatted(pairs(side), source(side))
                : missing(pairs(side), side) + " ORDER BY " + order(side);
    }

    /** Visits the rows that both have, with another content. */
    long changed(Pairs pairs) throws SQLException, IOException {
        if (table.key() instanceof Table.Key.None) {
            return 0;
        }
        int columns = names().size();
        String query = changed(pairs(OLD) + ", " + pairs(NEW)) + " ORDER BY " + order(OLD);
        return states.<IOException>read(query, 2 * columns, values -> {
            @Nullable Object[] before = new Object[columns];
            @Nullable Object[] after = new Object[columns];
            System.arraycopy(values, 0, before, 0, columns);
            System.arraycopy(values, columns, after, 0, columns);
            pairs.pair(before, after);
        });
    }

    private String missing(String columns, String side) {
        String other = side.equals(OLD) ? NEW : OLD;
        return "SELECT %s FROM %s WHERE NOT EXISTS (SELECT 1 FROM %s WHERE %s)"
                .formatted(columns, source(side), source(other), sameKey(other, side));
    }

    private String changed(String columns) {
        return "SELECT %s FROM %s CROSS JOIN %s ON %s WHERE %s"
                .formatted(columns, source(OLD), source(NEW), sameKey(NEW, OLD), differs());
    }

    private String source(String side) {
        return "%s.%s AS %s".formatted(side.equals(OLD) ? TwoStates.FROM : "main", Sql.name(table.name()), side);
    }

    private String sameKey(String left, String right) {
        return switch (table.key()) {
            case Table.Key.Primary(var columns) ->
                columns.entrySet().stream()
                        .map(column -> "%1$s.%2$s = %3$s.%2$s COLLATE %4$s"
                                .formatted(left, Sql.name(column.getKey()), right, Sql.name(column.getValue())))
                        .collect(Collectors.joining(" AND "));
            case Table.Key.RowNumber(String name) -> "%1$s.%2$s = %3$s.%2$s".formatted(left, name, right);
            case Table.Key.None _ -> "0";
        };
    }

    private String differs() {
        // Not "is not" alone: that takes 1 for 1.0.
        return table.columns().stream()
                .map(Sql::name)
                .map(column -> "%1$s.%3$s IS NOT %2$s.%3$s COLLATE BINARY OR typeof(%1$s.%3$s) <> typeof(%2$s.%3$s)"
                        .formatted(OLD, NEW, column))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private String order(String side) {
        return switch (table.key()) {
            case Table.Key.Primary(var columns) ->
                columns.keySet().stream()
                        .map(column -> side + "." + Sql.name(column))
                        .collect(Collectors.joining(", "));
            case Table.Key.RowNumber(String name) -> side + "." + name;
            case Table.Key.None _ -> "1";
        };
    }

    private String pairs(String side) {
        List<String> expressions = new ArrayList<>();
        if (table.key() instanceof Table.Key.RowNumber(String name)) {
            expressions.add(side + "." + name);
        }
        table.columns().forEach(column -> expressions.add(side + "." + Sql.name(column)));
        return expressions.stream().map(TwoStates::pair).collect(Collectors.joining(", "));
    }
}
