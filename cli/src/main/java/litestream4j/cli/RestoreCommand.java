package litestream4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import litestream4j.cli.output.Amounts;
import litestream4j.cli.output.ProgressBar;
import litestream4j.cli.restore.Restored;
import litestream4j.cli.restore.Restorer;
import litestream4j.cli.restore.TargetFile;
import litestream4j.engine.RestorePlan;
import litestream4j.engine.Target;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a state of a replica to a plain database file. */
@Command(
        name = "restore",
        description =
                "Writes a state of a replica to a plain SQLite database file: the newest one, that at a moment, or"
                        + " that after a transaction.",
        footer = {
            "Each file of the replica that is used is read as a whole and checked: its checksum, its order,",
            "that no page is missing, and the checksum of the whole database where the files carry one. FILE",
            "appears when all is done; until then, and after a failure or Ctrl-C, nothing is changed.",
            "",
            "Examples:",
            "  litestream4j restore s3://bucket/db -o copy.db",
            "  litestream4j restore file:///srv/replica -o before.db --time '10 minutes ago'",
            "  litestream4j restore file:///srv/replica -o before.db --txid 000000000000002a"
        })
final class RestoreCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String url;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The file to write.")
    @SuppressWarnings("NullAway.Init") // Required, so picocli sets it.
    private Path output;

    @Option(names = "--force", description = "Replace FILE if it exists. No program may have it open.")
    private boolean force;

    @Mixin
    private final TargetOptions state = new TargetOptions();

    RestoreCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        Target target = state.target();
        ReplicaUrl replica = ReplicaArgument.resolve(url, host.environment());
        Restored done;
        try (ProgressBar bar = new ProgressBar(host.err(), host.showsProgress(), "restoring");
                Restorer restorer =
                        new Restorer(ReplicaProviders.connect(replica, host.environment()), new OnBar(bar));
                TargetFile file = TargetFile.create(output, force)) {
            done = restorer.restore(target, file.channel());
            file.commit();
        }
        for (String damage : done.passedOver()) {
            host.err().println("litestream4j: warning: other files were used in place of a damaged one: " + damage);
        }
        host.out().write(describe(done) + "\n");
        return ExitCode.OK;
    }

    private String describe(Restored done) {
        return "restored txid %s of %s to %s: %d pages of %d bytes from %s, %s"
                .formatted(
                        done.txid(),
                        done.time(),
                        output,
                        done.commit().pages(),
                        done.pageSize().bytes(),
                        Amounts.count(done.files(), "file"),
                        done.hasChecksum() ? "each and the database verified" : "each verified");
    }

    private record OnBar(ProgressBar bar) implements Restorer.Listener {
        @Override
        public void begin(RestorePlan plan) {
            bar.begin(plan.files().stream().mapToLong(LtxFile::size).sum());
        }

        @Override
        public void received(long bytes) {
            bar.advance(bytes);
        }
    }
}
