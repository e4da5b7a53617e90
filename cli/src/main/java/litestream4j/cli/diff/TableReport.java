package litestream4j.cli.diff;

import java.io.IOException;
import java.io.Writer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import litestream4j.cli.output.OutputFormat;
import litestream4j.cli.output.RowSink;
import org.jspecify.annotations.Nullable;

/** A comparison for people: a table for each table, and a line for each other change. */
public final class TableReport implements Diff.Report {
    private final Writer out;

    public TableReport(Writer out) {
        this.out = out;
    }

    @Override
    public void write(Diff diff) throws SQLException, IOException {
        line("from  " + diff.states().from());
        line("to    " + diff.states().to());
        if (diff.isEmpty()) {
            line("");
            line("nothing differs");
            return;
        }
        for (Diff.SchemaChange change : diff.schema()) {
            if (!change.any().isShadow()) {
                schema(change);
            }
        }
        for (var pragma : diff.pragmas().entrySet()) {
            line("");
            line("%s: %s before, %s after"
                    .formatted(
                            pragma.getKey(),
                            pragma.getValue().get(0),
                            pragma.getValue().get(1)));
        }
        for (Table table : diff.tables()) {
            line("");
            if (diff.isShadow(table)) {
                line("table %s: differs; it holds what a virtual table shows".formatted(table.name()));
            } else {
                rows(diff, table);
            }
        }
        if (diff.sequences()) {
            line("");
            line("sqlite_sequence: AUTOINCREMENT goes on at other numbers");
        }
    }

    private void schema(Diff.SchemaChange change) throws IOException {
        SchemaObject object = change.any();
        SchemaObject before = change.before();
        SchemaObject after = change.after();
        line("");
        if (before == null) {
            line("%s %s: created: %s".formatted(object.type(), object.name(), oneLine(object.sql())));
        } else if (after == null) {
            line("%s %s: dropped".formatted(object.type(), object.name()));
        } else {
            line("%s %s: changed, from: %s".formatted(object.type(), object.name(), oneLine(before.sql())));
            line("%s %s: changed, to:   %s".formatted(object.type(), object.name(), oneLine(after.sql())));
            if (object.isTable()) {
                line("table %s: rows are not compared, since its definition changed".formatted(object.name()));
            }
        }
    }

    private void rows(Diff diff, Table table) throws SQLException, IOException {
        RowChanges changes = new RowChanges(diff.states(), table);
        line("table %s, %s".formatted(table.name(), matching(table)));
        RowSink sink = OutputFormat.listing(out);
        sink.begin(Stream.concat(Stream.of("change"), changes.names().stream()).toList());
        long deleted = changes.deleted(row -> sink.row(marked("deleted", row)));
        long changed = changes.changed((before, after) -> {
            sink.row(marked("before", before));
            sink.row(marked("after", after));
        });
        long inserted = changes.inserted(row -> sink.row(marked("inserted", row)));
        sink.end();
        line("(%d deleted, %d changed, %d inserted)".formatted(deleted, changed, inserted));
    }

    private static String matching(Table table) {
        return switch (table.key()) {
            case Table.Key.Primary(var columns) -> "rows matched by " + String.join(", ", columns.keySet());
            case Table.Key.RowNumber(String name) -> "rows matched by " + name;
            case Table.Key.None _ -> "rows cannot be matched: no primary key, and columns hide the row's number";
        };
    }

    private static @Nullable Object[] marked(String mark, @Nullable Object[] row) {
        List<@Nullable Object> marked = new ArrayList<>();
        marked.add(mark);
        marked.addAll(Arrays.asList(row));
        return marked.toArray();
    }

    private static String oneLine(String sql) {
        return sql.strip().replaceAll("\\s+", " ");
    }

    private void line(String text) throws IOException {
        out.write(text);
        out.write('\n');
    }
}
