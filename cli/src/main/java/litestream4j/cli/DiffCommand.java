package litestream4j.cli;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import litestream4j.cli.diff.Diff;
import litestream4j.cli.diff.JsonReport;
import litestream4j.cli.diff.SqlReport;
import litestream4j.cli.diff.TableReport;
import litestream4j.cli.diff.TwoStates;
import litestream4j.engine.Target;
import litestream4j.jdbc.LitestreamDataSource;
import litestream4j.replica.ReplicaUrl;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two states of a replica. */
@Command(
        name = "diff",
        description = "Shows which rows were inserted, deleted and changed between two states of a replica.",
        footer = {
            "A state is a moment ('10 minutes ago', 2026-01-15T10:30:00Z; UTC), a transaction (16 hexadecimal",
            "digits), or latest. Rows are matched by primary key; without one, or where it holds NULLs, by",
            "rowid. To see what would undo the changes, swap --from and --to: with --sql the statements turn",
            "the state of --from into that of --to. A difference is no failure: the exit code is 0.",
            "",
            "Examples:",
            "  litestream4j diff s3://bucket/db --from '10 minutes ago'",
            "  litestream4j diff s3://bucket/db --from 000000000000002a --to 000000000000002b orders",
            "  litestream4j diff s3://bucket/db --from latest --to '10 minutes ago' --sql > undo.sql"
        })
final class DiffCommand implements Callable<Integer> {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    private final Host host;

    @Parameters(index = "0", paramLabel = "URL", description = "The replica; - for LITESTREAM_REPLICA_URL.")
    @SuppressWarnings("NullAway.Init") // Required, so picocli sets it.
    private String url;

    @Parameters(index = "1..*", paramLabel = "TABLE", description = "Look at these tables only (default: all).")
    private List<String> tables = List.of();

    @Option(names = "--from", required = true, paramLabel = "STATE", description = "The state before.")
    @SuppressWarnings("NullAway.Init") // Required, so picocli sets it.
    private String from;

    @Option(
            names = "--to",
            paramLabel = "STATE",
            defaultValue = "latest",
            description = "The state after (default: ${DEFAULT-VALUE}).")
    private String to = "latest";

    @ArgGroup(exclusive = true)
    private final Choice format = new Choice();

    /** At most one of them. */
    static final class Choice {
        @Option(names = "--json", description = "Write an array of objects, one for each change.")
        private boolean json;

        @Option(names = "--sql", description = "Write statements that turn the state before into the state after.")
        private boolean sql;
    }

    DiffCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException, SQLException {
        Target before = TargetOptions.state("--from", from);
        Target after = TargetOptions.state("--to", to);
        ReplicaUrl _ = ReplicaArgument.resolve(url, host.environment());
        String named = url.equals(ReplicaArgument.FROM_ENVIRONMENT)
                ? host.environment().get("LITESTREAM_REPLICA_URL")
                : url;
        LitestreamDataSource source = new LitestreamDataSource();
        source.setReplicaUrl(named);
        source.setOpenTimeout(OPEN_TIMEOUT);
        try (TwoStates states = TwoStates.open(source, named, before, after)) {
            report().write(Diff.of(states, tables));
            return ExitCode.OK;
        } catch (Diff.NoSuchTable e) {
            throw new UsageException(e.getMessage() + "; check its name");
        }
    }

    private Diff.Report report() {
        return format.sql
                ? new SqlReport(host.out())
                : format.json ? new JsonReport(host.out()) : new TableReport(host.out());
    }
}
