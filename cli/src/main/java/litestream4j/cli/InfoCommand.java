package litestream4j.cli;

import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.concurrent.Callable;
import litestream4j.cli.output.Json;
import litestream4j.engine.RetryingClient;
import litestream4j.replica.MeteredClient;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a replica holds. */
@Command(
        name = "info",
        description = "Tells what a replica holds: newest and oldest state, size, files, and what is wrong with it.",
        footer = {
            "It lists the files and reads the headers of two or three: 'litestream4j verify' reads all of them",
            "and tells which are damaged.",
            "",
            "Ends with exit code 4 if files are missing, and 5 if one that it read is damaged.",
            "",
            "Examples:",
            "  litestream4j info file:///srv/replica",
            "  litestream4j info --json s3://bucket/db"
        })
final class InfoCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String url;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    InfoCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        ReplicaUrl replica = ReplicaArgument.resolve(url, host.environment());
        MeteredClient meter = new MeteredClient(ReplicaProviders.connect(replica, host.environment()));
        try (ReplicaClient client = new RetryingClient(meter)) {
            ReplicaReport report = ReplicaReport.of(client, meter);
            Writer out = host.out();
            if (json) {
                out.write(Json.text(report.asMap()) + "\n");
            } else {
                out.write(String.join("\n", report.asLines(Instant.now())) + "\n");
            }
            if (report.failure() != null) {
                throw report.failure();
            }
            return ExitCode.OK;
        }
    }
}
