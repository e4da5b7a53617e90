package litestream4j.cli.output;

import java.io.Writer;

/** How rows are written. */
public enum OutputFormat {
    /** For people. */
    TABLE,
    /** RFC 4180, with a line of names. */
    CSV,
    /** An array of objects. */
    JSON;

    /** Returns a sink for tables without a line that counts the rows; never flushes or closes the writer. */
    public static RowSink listing(Writer out) {
        return new TableSink(out, false);
    }

    /** Returns a sink that writes in this format, and never flushes or closes the writer. */
    public RowSink sink(Writer out) {
        return switch (this) {
            case TABLE -> new TableSink(out, true);
            case CSV -> new CsvSink(out);
            case JSON -> new JsonSink(out);
        };
    }
}
