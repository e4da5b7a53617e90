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

    /** Returns a sink that writes in this format, and never flushes or closes the writer. */
    public RowSink sink(Writer out) {
        return switch (this) {
            case TABLE -> new TableSink(out);
            case CSV -> new CsvSink(out);
            case JSON -> new JsonSink(out);
        };
    }
}
