package litestream4j.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values as in RFC 4180, except that lines end with a single line feed. NULL is an empty field and the
 * empty text is {@code ""}, so that both can be told apart; a blob is {@code x'..'}, whole.
 */
final class CsvSink implements RowSink {
    private final Writer out;

    CsvSink(Writer out) {
        this.out = out;
    }

    @Override
    public void begin(List<String> columns) throws IOException {
        row(columns.toArray());
    }

    @Override
    public void row(@Nullable Object[] values) throws IOException {
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(field(values[i]));
        }
        out.write('\n');
    }

    @Override
    public void end() {
        // The last row was the end.
    }

    private static String field(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case byte[] blob -> "x'" + HexFormat.of().formatHex(blob) + "'";
            case Number number -> Numbers.text(number);
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty()
                && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && text.charAt(0) != ' '
                && text.charAt(text.length() - 1) != ' ';
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
