package litestream4j.cli;

import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import litestream4j.cli.output.OutputFormat;
import litestream4j.cli.output.RowSink;
import litestream4j.engine.PlanException;
import litestream4j.engine.RetryingClient;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the files of a replica. */
@Command(
        name = "ls",
        description = "Lists the files of a replica: level, transactions, time, size.",
        footer = {
            "Level 0 holds single transactions, 1 to 8 merged ones, 9 snapshots of the whole database. The",
            "time is the one that the store tells: for some stores that of the upload.",
            "",
            "Examples:",
            "  litestream4j ls file:///srv/replica",
            "  litestream4j ls --json s3://bucket/db"
        })
final class ListCommand implements Callable<Integer> {
    private static final Comparator<LtxFile> BY_LEVEL =
            Comparator.comparing(LtxFile::level).thenComparing(LtxFile.BY_NAME);

    private final Host host;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String url;

    @Mixin
    private final FormatOptions format = new FormatOptions();

    ListCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        ReplicaUrl replica = ReplicaArgument.resolve(url, host.environment());
        try (ReplicaClient client = new RetryingClient(ReplicaProviders.connect(replica, host.environment()))) {
            List<LtxFile> files = client.listAll();
            if (files.isEmpty()) {
                throw nothing(client);
            }
            write(files, format.format().sink(host.out()));
            return ExitCode.OK;
        }
    }

    /** Returns why a replica has no files. */
    static IOException nothing(ReplicaClient client) throws IOException {
        String replica = client.displayUrl();
        Optional<String> generation = client.findLegacyGeneration();
        return generation.isPresent()
                ? new PlanException.LegacyLayout(replica, generation.get())
                : new EmptyReplicaException(replica);
    }

    private void write(List<LtxFile> files, RowSink sink) throws IOException {
        boolean forPeople = format.format() == OutputFormat.TABLE;
        sink.begin(List.of("level", "min_txid", "max_txid", "time", "size"));
        for (LtxFile file : files.stream().sorted(BY_LEVEL).toList()) {
            @Nullable Object[] row = {
                forPeople ? file.level().toString() : file.level().number(),
                file.min().toString(),
                file.max().toString(),
                file.createdAt().truncatedTo(ChronoUnit.MILLIS).toString(),
                file.size()
            };
            sink.row(row);
        }
        sink.end();
    }
}
