package litestream4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import litestream4j.cli.output.Amounts;
import litestream4j.cli.publish.Publication;
import litestream4j.cli.publish.Publisher;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a local database to a replica. */
@Command(
        name = "publish",
        description = {
            "Writes a local SQLite database to a replica: at first whole, then each time what changed.",
            "",
            "For demos, tests and static publishing. It is no substitute for Litestream: what was not published is not"
                    + " safe, and nothing compacts or retires the files."
        },
        footer = {
            "The database may be in use; what is published is one committed state of it. What was",
            "published last is remembered in a file beside the database. A replica whose newest",
            "transaction is not that one is left alone.",
            "",
            "Examples:",
            "  litestream4j publish shop.db file:///srv/replica",
            "  litestream4j publish --snapshot shop.db s3://bucket/shop"
        })
final class PublishCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(index = "0", paramLabel = "DB", description = "The SQLite database file.")
    @SuppressWarnings("NullAway.Init") // Required, so picocli sets it.
    private Path database;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String url;

    @Option(
            names = "--snapshot",
            description = "Add a snapshot of the whole database too, so that readers need no other file to open it.")
    private boolean snapshot;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Where to remember what was published (default: DB-litestream4j).")
    private @Nullable Path state;

    PublishCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        ReplicaUrl replica = ReplicaArgument.resolve(url, host.environment());
        try (Publisher publisher = Publisher.of(database, state, replica, host.environment())) {
            host.out().write(describe(publisher.publish(snapshot), replica) + "\n");
            return ExitCode.OK;
        }
    }

    private static String describe(Publication done, ReplicaUrl replica) {
        return switch (done) {
            case Publication.Unchanged unchanged ->
                "nothing changed: %s is at txid %s already".formatted(replica.displayName(), unchanged.txid());
            case Publication.Added added ->
                "published txid %s to %s: %d of %d pages, %s (%s/%s)"
                        .formatted(
                                added.txid(),
                                replica.displayName(),
                                added.pages(),
                                added.commit().pages(),
                                Amounts.bytes(added.bytes()),
                                added.level(),
                                added.name());
        };
    }
}
