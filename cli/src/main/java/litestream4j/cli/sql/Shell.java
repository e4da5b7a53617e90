package litestream4j.cli.sql;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import litestream4j.cli.output.OutputFormat;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The interactive shell: statements of one or more lines up to a semicolon, and commands that begin with a dot. */
public final class Shell implements AutoCloseable {
    private static final String HELP = """
            .help            this text
            .mode MODE       write rows as table, csv or json
            .quit            leave, as Ctrl-D does
            .schema [NAME]   the statements that made the tables, or one of them
            .tables          the names of the tables and views
            Everything else is SQL, up to a semicolon, in one line or more. Ctrl-C ends a running statement.
              PRAGMA litestream_txid;                       the transaction that is shown
              PRAGMA litestream_time = '5 minutes ago';     look back; 'latest' returns
            """;

    private static final String TABLES = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
            + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

    private final Terminal terminal;
    private final LineReader reader;
    private final ScriptRunner runner;
    private final String replica;
    private final Function<Exception, String> explain;
    private OutputFormat format;

    /**
     * @param terminal owned from here on
     * @param replica name of the replica, for people
     * @param stateFolder where the history is kept
     * @param explain returns the line that tells of a failure
     */
    Shell(
            Terminal terminal,
            Connection connection,
            String replica,
            OutputFormat format,
            Path stateFolder,
            Function<Exception, String> explain) {
        this.terminal = terminal;
        this.runner = new ScriptRunner(connection);
        this.replica = replica;
        this.format = format;
        this.explain = explain;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("litestream4j")
                .parser(new UpToSemicolon())
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "          ...> ")
                // "!" is a part of SQL's "!=", not of a history command.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
        HistoryFile.in(stateFolder).ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        this.reader = builder.build();
    }

    /** Makes a shell on the terminal of this process. */
    public static Shell onTerminal(
            Connection connection,
            String replica,
            OutputFormat format,
            Path stateFolder,
            Function<Exception, String> explain)
            throws IOException {
        Terminal terminal = TerminalBuilder.builder().system(true).build();
        return new Shell(terminal, connection, replica, format, stateFolder, explain);
    }

    /** Reads and runs until the person leaves. */
    public void run() throws IOException {
        terminal.handle(Terminal.Signal.INT, _ -> runner.cancel());
        out().println(replica + ": read only; .help for help, .quit to leave");
        out().flush();
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = obey(reader.readLine("litestream4j> ").strip());
            } catch (UserInterruptException _) {
                // Ctrl-C at the prompt: the line is dropped.
            } catch (EndOfFileException _) {
                goesOn = false;
            }
            out().flush();
        }
    }

    /** Returns false if the person wants to leave. */
    private boolean obey(String line) throws IOException {
        if (!line.startsWith(".")) {
            execute(line);
            return true;
        }
        List<String> words = Arrays.asList(line.split("\\s+", 2));
        String argument = words.size() > 1 ? words.get(1).replaceFirst(";$", "").strip() : "";
        switch (words.getFirst().replaceFirst(";$", "").toLowerCase(Locale.ROOT)) {
            case ".quit", ".exit", ".q" -> {
                return false;
            }
            case ".help", ".h" -> out().print(HELP);
            case ".tables" -> execute(TABLES);
            case ".schema" -> execute(schema(argument));
            case ".mode" -> setMode(argument);
            default -> complain("unknown command: " + words.getFirst() + "; .help shows the commands");
        }
        return true;
    }

    private static String schema(String name) {
        String which = name.isEmpty()
                ? "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                : "lower(tbl_name) = lower('%s')".formatted(name.replace("'", "''"));
        return ("SELECT sql || ';' AS sql FROM sqlite_schema WHERE sql IS NOT NULL AND %s"
                        + " ORDER BY tbl_name, type DESC, name")
                .formatted(which);
    }

    private void setMode(String name) {
        try {
            format = OutputFormat.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            complain("unknown mode: %s; use table, csv or json".formatted(name));
        }
    }

    private void execute(String sql) throws IOException {
        try {
            runner.run(SqlScript.parse(sql).all(), format.sink(out()));
        } catch (StatementFailure e) {
            complain(explain.apply(e.reason()));
        }
    }

    private void complain(String line) {
        out().println("error: " + line);
    }

    private PrintWriter out() {
        return terminal.writer();
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }

    /** Asks for more lines until a statement is complete; a command with a dot is one line. */
    private static final class UpToSemicolon implements Parser {
        private final DefaultParser words = new DefaultParser();

        UpToSemicolon() {
            words.setEscapeChars(null);
            words.setQuoteChars(new char[0]);
        }

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            boolean accepts = context == ParseContext.ACCEPT_LINE || context == ParseContext.UNSPECIFIED;
            if (accepts
                    && !line.strip().startsWith(".")
                    && !SqlScript.parse(line).rest().isEmpty()) {
                throw new EOFError(-1, line.length(), "a statement ends with a semicolon");
            }
            return words.parse(line, cursor, ParseContext.SECONDARY_PROMPT);
        }

        @Override
        public boolean isEscapeChar(char c) {
            return false;
        }
    }
}
