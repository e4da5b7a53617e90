package litestream4j.cli.diff;

import java.io.IOException;
import java.io.Writer;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import litestream4j.cli.output.Json;
import org.jspecify.annotations.Nullable;

/** A comparison for programs: one array, an object for each change in a line of its own. */
public final class JsonReport implements Diff.Report {
    private final Writer out;
    private boolean first = true;

    public JsonReport(Writer out) {
        this.out = out;
    }

    @Override
    public void write(Diff diff) throws SQLException, IOException {
        out.write('[');
        for (Diff.SchemaChange change : diff.schema()) {
            SchemaObject object = change.any();
            SchemaObject before = change.before();
            SchemaObject after = change.after();
            Map<String, @Nullable Object> entry = entry("schema");
            entry.put("type", object.type());
            entry.put("name", object.name());
            entry.put("before", before == null ? null : before.sql());
            entry.put("after", after == null ? null : after.sql());
            write(entry);
        }
        for (var pragma : diff.pragmas().entrySet()) {
            Map<String, @Nullable Object> entry = entry("pragma");
            entry.put("name", pragma.getKey());
            entry.put("before", Long.valueOf(pragma.getValue().get(0)));
            entry.put("after", Long.valueOf(pragma.getValue().get(1)));
            write(entry);
        }
        for (Table table : diff.tables()) {
            RowChanges changes = new RowChanges(diff.states(), table);
            List<String> names = changes.names();
            changes.deleted(row -> write(table, "delete", names, row, null));
            changes.changed((before, after) -> write(table, "update", names, before, after));
            changes.inserted(row -> write(table, "insert", names, null, row));
        }
        out.write("]\n");
    }

    private static Map<String, @Nullable Object> entry(String change) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("change", change);
        return entry;
    }

    private void write(
            Table table,
            String change,
            List<String> names,
            @Nullable Object @Nullable [] before,
            @Nullable Object @Nullable [] after)
            throws IOException {
        Map<String, @Nullable Object> entry = entry(change);
        entry.put("table", table.name());
        entry.put("before", before == null ? null : asMap(names, before));
        entry.put("after", after == null ? null : asMap(names, after));
        write(entry);
    }

    private static Map<String, @Nullable Object> asMap(List<String> names, @Nullable Object[] row) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < row.length; i++) {
            map.put(names.get(i), row[i]);
        }
        return map;
    }

    private void write(Map<String, @Nullable Object> entry) throws IOException {
        out.write(first ? "" : ",\n");
        first = false;
        out.write(Json.text(entry));
    }
}
