package litestream4j.cli;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: only its sub-commands do something. */
@Command(
        name = "litestream4j",
        versionProvider = RootCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Queries, compares, restores and checks Litestream replicas of SQLite databases.",
        footer = {
            "A replica is named by its URL: file:///PATH or s3://BUCKET/PATH?region=REGION. It may be left",
            "out, or given as -, if LITESTREAM_REPLICA_URL is set, or LITESTREAM_S3_BUCKET and",
            "LITESTREAM_S3_PATH.",
            "",
            "Examples:",
            "  litestream4j demo",
            "  litestream4j query s3://bucket/db \"SELECT count(*) FROM orders\"",
            "  litestream4j info file:///srv/replica",
            "  litestream4j diff s3://bucket/db --from '10 minutes ago' orders",
            "  litestream4j restore s3://bucket/db -o copy.db",
            "",
            "Exit codes:",
            "  0    all went well, or the reader of the output went away",
            "  1    the work failed: SQL error, refused publication, full disk",
            "  2    wrong usage",
            "  3    the replica cannot be reached, or refuses",
            "  4    nothing to read: empty replica, missing files, no such time, layout of Litestream 0.3",
            "  5    a file of the replica is damaged",
            "  130  interrupted (Ctrl-C)",
            "",
            "Errors are one line on standard error: litestream4j: WHAT: CAUSE; WAY OUT. The engine's log goes",
            "there too, or to the file that LITESTREAM_LOG_FILE names."
        })
final class RootCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show the version and exit.")
    private boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the stack of an error. LITESTREAM_LOG_LEVEL=DEBUG shows what the engine does.")
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }

    @Override
    public void run() {
        if (help || version) {
            return;
        }
        throw new CommandLine.ParameterException(spec.commandLine(), "missing command");
    }

    /** Takes the version from the jar; in a class folder there is none. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = RootCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "litestream4j " + Objects.requireNonNullElse(version, "development") + " (Java "
                        + Runtime.version().feature() + ")"
            };
        }
    }
}
