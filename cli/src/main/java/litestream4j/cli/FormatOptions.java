package litestream4j.cli;

import litestream4j.cli.output.OutputFormat;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that choose how rows are written. */
final class FormatOptions {
    @ArgGroup(exclusive = true)
    private final Choice choice = new Choice();

    OutputFormat format() {
        return choice.csv ? OutputFormat.CSV : choice.json ? OutputFormat.JSON : OutputFormat.TABLE;
    }

    /** At most one of them. */
    static final class Choice {
        @Option(names = "--csv", description = "Write comma-separated values; NULL is empty, blobs are x'..'.")
        private boolean csv;

        @Option(names = "--json", description = "Write an array of objects; blobs are hexadecimal digits.")
        private boolean json;
    }
}
