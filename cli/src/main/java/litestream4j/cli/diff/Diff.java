package litestream4j.cli.diff;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is not the same in two states: entries of the schema, and tables whose rows are to be compared.
 *
 * @param schema entries that are new, gone, or made by another statement
 * @param tables with the same definition and other rows
 * @param sequences whether the numbers that AUTOINCREMENT went up to are not the same
 * @param pragmas values that are kept in the database's header, by pragma, before and after
 */
public record Diff(
        TwoStates states,
        List<SchemaChange> schema,
        List<Table> tables,
        boolean sequences,
        Map<String, List<String>> pragmas,
        Map<SchemaObject.Name, SchemaObject> before,
        Map<SchemaObject.Name, SchemaObject> after) {
    /** An entry of the schema that is not the same; null for none. */
    record SchemaChange(
            @Nullable SchemaObject before, @Nullable SchemaObject after) {
        SchemaObject any() {
            return Objects.requireNonNull(after != null ? after : before);
        }
    }

    /** How a comparison is told. */
    public interface Report {
        /** Tells it all. */
        void write(Diff diff) throws SQLException, IOException;
    }

    /**
     * Compares two states.
     *
     * @param names of the tables that are wanted; all if empty
     * @throws NoSuchTable if neither state has one of them
     */
    public static Diff of(TwoStates states, List<String> names) throws SQLException, NoSuchTable {
        Map<SchemaObject.Name, SchemaObject> before = SchemaObject.read(states, TwoStates.FROM);
        Map<SchemaObject.Name, SchemaObject> after = SchemaObject.read(states, "main");
        Set<String> wanted = new LinkedHashSet<>();
        for (String name : names) {
            SchemaObject.Name table = new SchemaObject.Name("table", name.toLowerCase(Locale.ROOT));
            if (!before.containsKey(table) && !after.containsKey(table)) {
                throw new NoSuchTable(name);
            }
            wanted.add(table.lowerCase());
        }
        List<SchemaChange> schema = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        Set<SchemaObject.Name> all = new LinkedHashSet<>();
        Stream.of(before, after).forEach(side -> all.addAll(side.keySet()));
        for (SchemaObject.Name name : all) {
            SchemaObject old = before.get(name);
            SchemaObject now = after.get(name);
            SchemaChange change = new SchemaChange(old, now);
            if (!wanted.isEmpty() && !wanted.contains(change.any().table().toLowerCase(Locale.ROOT))) {
                continue;
            }
            if (old == null || now == null || !old.sql().equals(now.sql())) {
                schema.add(change);
            } else if (now.isTable() && !now.isVirtual()) {
                Table table = Table.read(states, now.name());
                if (new RowChanges(states, table).exist()) {
                    tables.add(table);
                }
            }
        }
        boolean isWhole = wanted.isEmpty();
        return new Diff(
                states,
                schema,
                tables,
                isWhole && !Sequences.areSame(states),
                isWhole ? Sequences.pragmas(states) : Map.of(),
                before,
                after);
    }

    boolean isEmpty() {
        return schema.isEmpty() && tables.isEmpty() && !sequences && pragmas.isEmpty();
    }

    /** Tells whether a table holds what a virtual table shows. */
    boolean isShadow(Table table) {
        SchemaObject object =
                after.get(new SchemaObject.Name("table", table.name().toLowerCase(Locale.ROOT)));
        return object != null && object.isShadow();
    }

    /** A table that neither state has. */
    public static final class NoSuchTable extends Exception {
        private static final long serialVersionUID = 1;

        NoSuchTable(String name) {
            super("no such table in either state: " + name);
        }
    }
}
