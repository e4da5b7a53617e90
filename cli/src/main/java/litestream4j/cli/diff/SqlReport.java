package litestream4j.cli.diff;

import java.io.IOException;
import java.io.Writer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as statements that turn the one state into the other, in one transaction.
 *
 * <p>Foreign keys are off meanwhile, and triggers of the tables concerned are taken away and made again: their effects
 * are among the differences already. A table whose definition changed is made anew with all rows. Rows leave before
 * others come, so that no UNIQUE constraint is in the way of rows that swap values.
 */
public final class SqlReport implements Diff.Report {
    private final Writer out;

    public SqlReport(Writer out) {
        this.out = out;
    }

    @Override
    public void write(Diff diff) throws SQLException, IOException {
        line("-- from " + diff.states().from());
        line("-- to   " + diff.states().to());
        if (diff.isEmpty()) {
            line("-- nothing differs");
            return;
        }
        line("PRAGMA foreign_keys = OFF;");
        line("BEGIN;");
        Set<String> touched = touched(diff);
        Set<String> remade = diff.schema().stream()
                .map(Diff.SchemaChange::any)
                .filter(SchemaObject::isTable)
                .map(object -> lower(object.name()))
                .collect(Collectors.toSet());
        dropOthers(diff, touched, remade);
        remakeTables(diff);
        for (Table table : diff.tables()) {
            new RowStatements(diff.states(), table, this::line).write();
        }
        sequences(diff);
        createOthers(diff, touched, remade);
        for (var pragma : diff.pragmas().entrySet()) {
            line("PRAGMA %s = %s;".formatted(pragma.getKey(), pragma.getValue().get(1)));
        }
        line("COMMIT;");
    }

    /** Returns the tables whose triggers must not fire. */
    private static Set<String> touched(Diff diff) {
        Set<String> touched = new LinkedHashSet<>();
        diff.tables().forEach(table -> touched.add(lower(table.name())));
        diff.schema().stream()
                .map(Diff.SchemaChange::any)
                .filter(SchemaObject::isTable)
                .forEach(object -> touched.add(lower(object.name())));
        return touched;
    }

    /** Drops what is no table and is not as it has to be; what belongs to a dropped table goes with it. */
    private void dropOthers(Diff diff, Set<String> touched, Set<String> remade) throws IOException {
        for (SchemaObject object : diff.before().values()) {
            boolean isGone = isChanged(diff, object);
            boolean isInTheWay = object.type().equals("trigger") && touched.contains(lower(object.table()));
            boolean goesAnyway =
                    remade.contains(lower(object.table())) && !object.type().equals("trigger");
            if (!object.isTable() && (isGone || isInTheWay) && !goesAnyway) {
                line(object.drop());
            }
        }
    }

    private void createOthers(Diff diff, Set<String> touched, Set<String> remade) throws IOException {
        for (SchemaObject object : diff.after().values()) {
            boolean isNew = isChanged(diff, object);
            boolean wasDropped = object.type().equals("trigger") && touched.contains(lower(object.table()));
            boolean wentWithItsTable = remade.contains(lower(object.table()));
            if (!object.isTable() && (isNew || wasDropped || wentWithItsTable)) {
                line(object.sql() + ";");
            }
        }
    }

    private static boolean isChanged(Diff diff, SchemaObject object) {
        return diff.schema().stream()
                .map(Diff.SchemaChange::any)
                .anyMatch(changed ->
                        changed.type().equals(object.type()) && changed.name().equalsIgnoreCase(object.name()));
    }

    private void remakeTables(Diff diff) throws SQLException, IOException {
        for (Diff.SchemaChange change : diff.schema()) {
            SchemaObject before = change.before();
            if (before != null && before.isTable() && !before.isShadow()) {
                line(before.drop());
            }
        }
        List<SchemaObject> made = new ArrayList<>();
        for (Diff.SchemaChange change : diff.schema()) {
            SchemaObject after = change.after();
            if (after != null && after.isTable()) {
                made.add(after);
            }
        }
        for (SchemaObject table : made) {
            if (!table.isShadow()) {
                line(table.sql() + ";");
            }
        }
        for (SchemaObject table : made) {
            if (table.isShadow()) {
                line("DELETE FROM %s;".formatted(Sql.name(table.name()))); // What the virtual table begins with.
            }
            if (!table.isVirtual()) {
                RowStatements.all(diff.states(), table.name(), this::line);
            }
        }
    }

    private void sequences(Diff diff) throws SQLException, IOException {
        List<List<String>> wanted = Sequences.read(diff.states(), "main");
        boolean concerned = diff.sequences()
                || diff.after().values().stream()
                        .anyMatch(object -> object.isTable()
                                && object.sql().toUpperCase(Locale.ROOT).contains("AUTOINCREMENT")
                                && touched(diff).contains(lower(object.name())));
        // Once there, the table stays, also if there is nothing in it.
        if (!concerned || (wanted.isEmpty() && !Sequences.exist(diff.states(), TwoStates.FROM))) {
            return;
        }
        line("DELETE FROM sqlite_sequence;");
        for (List<String> row : wanted) {
            line("INSERT INTO sqlite_sequence(name, seq) VALUES (%s, %s);".formatted(row.get(0), row.get(1)));
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private void line(String text) throws IOException {
        out.write(text);
        out.write('\n');
    }

    /** The statements for the rows of one table. */
    private static final class RowStatements {
        private final RowChanges changes;
        private final Table table;
        private final List<String> names;
        private final Lines lines;

        private interface Lines {
            void line(String text) throws IOException;
        }

        RowStatements(TwoStates states, Table table, Lines lines) {
            this.changes = new RowChanges(states, table);
            this.table = table;
            this.names = changes.names();
            this.lines = lines;
        }

        /** Writes a table that was empty with all its rows. */
        static void all(TwoStates states, String name, Lines lines) throws SQLException, IOException {
            Table shape = Table.readNew(states, name);
            RowStatements statements = new RowStatements(states, shape, lines);
            statements.changes.all(statements::insert);
        }

        void write() throws SQLException, IOException {
            if (table.key() instanceof Table.Key.None) {
                lines.line("DELETE FROM %s;".formatted(Sql.name(table.name())));
            } else {
                changes.deleted(this::delete);
                changes.changed((before, after) -> {
                    if (movesUnique(before, after)) {
                        delete(before);
                    }
                });
                changes.changed((before, after) -> {
                    if (!movesUnique(before, after)) {
                        update(before, after);
                    }
                });
                changes.changed((before, after) -> {
                    if (movesUnique(before, after)) {
                        insert(after);
                    }
                });
            }
            changes.inserted(this::insert);
        }

        /** Tells whether another row may have to make room first. */
        private boolean movesUnique(@Nullable Object[] before, @Nullable Object[] after) {
            for (int i = 0; i < names.size(); i++) {
                if (table.unique().contains(names.get(i)) && !isSame(before[i], after[i])) {
                    return true;
                }
            }
            return false;
        }

        private void delete(@Nullable Object[] row) throws IOException {
            lines.line("DELETE FROM %s WHERE %s;".formatted(Sql.name(table.name()), where(row)));
        }

        private void update(@Nullable Object[] before, @Nullable Object[] after) throws IOException {
            List<String> assignments = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                if (!isSame(before[i], after[i])) {
                    assignments.add("%s = %s".formatted(Sql.name(names.get(i)), Sql.literal(after[i])));
                }
            }
            lines.line("UPDATE %s SET %s WHERE %s;"
                    .formatted(Sql.name(table.name()), String.join(", ", assignments), where(before)));
        }

        private void insert(@Nullable Object[] row) throws IOException {
            String columns = names.stream().map(Sql::name).collect(Collectors.joining(", "));
            List<String> values = new ArrayList<>();
            for (Object value : row) {
                values.add(Sql.literal(value));
            }
            lines.line("INSERT INTO %s(%s) VALUES (%s);"
                    .formatted(Sql.name(table.name()), columns, String.join(", ", values)));
        }

        private String where(@Nullable Object[] row) {
            List<String> conditions = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                switch (table.key()) {
                    case Table.Key.Primary(var columns) -> {
                        String collation = columns.get(name);
                        if (collation != null) {
                            String suffix = collation.equals("BINARY") ? "" : " COLLATE " + Sql.name(collation);
                            conditions.add("%s = %s%s".formatted(Sql.name(name), Sql.literal(row[i]), suffix));
                        }
                    }
                    case Table.Key.RowNumber(String number) -> {
                        if (name.equals(number)) {
                            conditions.add("%s = %s".formatted(name, Sql.literal(row[i])));
                        }
                    }
                    case Table.Key.None _ -> throw new IllegalStateException("no key in " + table.name());
                }
            }
            return String.join(" AND ", conditions);
        }

        /** Arrays are compared by content. */
        private static boolean isSame(@Nullable Object one, @Nullable Object other) {
            return Objects.deepEquals(new @Nullable Object[] {key(one)}, new @Nullable Object[] {key(other)});
        }

        private static @Nullable Object key(@Nullable Object value) {
            return value instanceof Sql.OddText odd ? odd.bytes() : value;
        }
    }
}
