package litestream4j.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An array of objects, a row in a line; each result is an array of its own. Numbers stay numbers, NULL is null, a blob
 * is a string of hexadecimal digits. Of columns with one name the second is named {@code name:1}, as SQLite does.
 */
final class JsonSink implements RowSink {
    private final Writer out;
    private List<String> names = List.of();
    private boolean first;

    JsonSink(Writer out) {
        this.out = out;
    }

    @Override
    public void begin(List<String> columns) throws IOException {
        Set<String> taken = new HashSet<>();
        List<String> unique = new ArrayList<>();
        for (String column : columns) {
            String name = column;
            for (int i = 1; !taken.add(name); i++) {
                name = column + ":" + i;
            }
            unique.add(Json.quoted(name));
        }
        names = unique;
        first = true;
        out.write('[');
    }

    @Override
    public void row(@Nullable Object[] values) throws IOException {
        out.write(first ? "{" : ",\n{");
        first = false;
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(names.get(i));
            out.write(':');
            out.write(Json.text(values[i]));
        }
        out.write('}');
    }

    @Override
    public void end() throws IOException {
        out.write("]\n");
    }
}
