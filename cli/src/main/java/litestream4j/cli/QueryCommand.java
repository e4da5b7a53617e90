package litestream4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import litestream4j.cli.sql.ScriptRunner;
import litestream4j.cli.sql.Shell;
import litestream4j.cli.sql.SqlScript;
import litestream4j.cli.sql.StatementFailure;
import litestream4j.jdbc.LitestreamDataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs SQL on a replica. */
@Command(
        name = "query",
        description = "Runs SQL on a replica, in place; without SQL on a terminal: an interactive shell.",
        footer = {
            "Several statements are separated by semicolons. SQL - reads them from standard input, and so",
            "does a command without SQL when standard input is no terminal. The first failing statement",
            "ends the run.",
            "",
            "Examples:",
            "  litestream4j query file:///srv/replica \"SELECT * FROM orders ORDER BY id DESC LIMIT 5\"",
            "  litestream4j query --json s3://bucket/db \"SELECT name, price FROM products\" > products.json",
            "  litestream4j query --time '5 minutes ago' s3://bucket/db 'SELECT count(*) FROM orders'",
            "  litestream4j query s3://bucket/db < report.sql",
            "  litestream4j query s3://bucket/db"
        })
final class QueryCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String first;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SQL", description = "What to run; - for standard input.")
    private @Nullable String second;

    @Mixin
    private final FormatOptions format = new FormatOptions();

    @Mixin
    private final TargetOptions state = new TargetOptions();

    @Option(
            names = "--open-timeout",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "How long to wait for a replica that holds nothing yet (default: ${DEFAULT-VALUE}).")
    private String openTimeout = "10s";

    QueryCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws SQLException, StatementFailure, IOException {
        Duration timeout = ReplicaArgument.duration("--open-timeout", openTimeout);
        boolean firstIsSql = first != null
                && second == null
                && !first.equals(ReplicaArgument.FROM_ENVIRONMENT)
                && !ReplicaArgument.isUrl(first)
                && isConfigured();
        String url = firstIsSql ? null : first;
        String sql = firstIsSql ? first : second;
        String name = ReplicaArgument.resolve(url, host.environment()).displayName();
        LitestreamDataSource source = new LitestreamDataSource();
        if (url != null && !url.equals(ReplicaArgument.FROM_ENVIRONMENT)) {
            source.setReplicaUrl(url);
        } else if (host.environment().get("LITESTREAM_REPLICA_URL") != null) {
            source.setReplicaUrl(host.environment().get("LITESTREAM_REPLICA_URL"));
        }
        source.setOpenTimeout(timeout);
        boolean shell = sql == null && host.interactive();
        List<String> statements = shell ? List.of() : SqlScript.parse(text(sql)).all();
        try (Connection connection = source.getConnection()) {
            lookBack(connection);
            if (shell) {
                try (Shell prompt = Shell.onTerminal(
                        connection,
                        name,
                        format.format(),
                        host.stateFolder(),
                        e -> Failure.of(e).line())) {
                    prompt.run();
                }
            } else {
                new ScriptRunner(connection).run(statements, format.format().sink(host.out()));
            }
        }
        return ExitCode.OK;
    }

    private boolean isConfigured() {
        return host.environment().get("LITESTREAM_REPLICA_URL") != null
                || host.environment().get("LITESTREAM_S3_BUCKET") != null;
    }

    private String text(@Nullable String sql) throws IOException {
        return sql == null || sql.equals("-") ? new String(host.in().readAllBytes(), StandardCharsets.UTF_8) : sql;
    }

    private void lookBack(Connection connection) throws SQLException {
        Optional<String> pragma = state.pragma();
        if (pragma.isPresent()) {
            try (PreparedStatement statement = connection.prepareStatement(pragma.get())) {
                statement.execute();
            }
        }
    }
}
