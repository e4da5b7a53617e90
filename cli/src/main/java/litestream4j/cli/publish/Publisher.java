package litestream4j.cli.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import litestream4j.engine.RetryingClient;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxTrailer;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.ReplicaWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes a local database to a replica: at first whole, as transaction 1, then each time what changed, as the next
 * transaction. For demos, tests and static data; not a primary, since a transaction that is not published is not safe.
 *
 * <p>The replica is written to only if its newest file is the one that this database's state file tells of. Not
 * thread-safe.
 */
public final class Publisher implements AutoCloseable {
    private final Path database;
    private final StateFile stateFile;
    private final String identity;
    private final ReplicaClient client;
    private final ReplicaWriter writer;
    private final InstantSource clock;

    private Publisher(
            Path database,
            StateFile stateFile,
            String identity,
            ReplicaClient client,
            ReplicaWriter writer,
            InstantSource clock) {
        this.database = database;
        this.stateFile = stateFile;
        this.identity = identity;
        this.client = client;
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * Makes a publisher; touches nothing yet.
     *
     * @param state where to keep what was published; null for the file {@code <database>-litestream4j}
     * @throws ReplicaException.Denied if the URL cannot be used
     */
    public static Publisher of(Path database, @Nullable Path state, ReplicaUrl replica, Environment environment)
            throws ReplicaException {
        return of(database, state, replica, environment, InstantSource.system());
    }

    /** Makes a publisher that takes the times of transactions from a clock of the caller's. */
    static Publisher of(
            Path database, @Nullable Path state, ReplicaUrl replica, Environment environment, InstantSource clock)
            throws ReplicaException {
        StateFile stateFile = new StateFile(state == null ? StateFile.beside(database) : state);
        String endpoint = replica.parameter("endpoint");
        String identity = replica.displayName() + (endpoint == null ? "" : " at " + endpoint);
        ReplicaClient client = new RetryingClient(ReplicaProviders.connect(replica, environment));
        try {
            ReplicaWriter writer = ReplicaProviders.openWriter(replica, environment);
            return new Publisher(database, stateFile, identity, client, writer, clock);
        } catch (ReplicaException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /**
     * Publishes the database as it is now.
     *
     * @param withSnapshot whether a file with all pages is wanted on level 9 too, so that opening needs no other
     * @throws PublishException if the replica's newest transaction is not the one that was published last, or the
     *     database cannot be published to it
     * @throws ReplicaException if the store fails
     */
    public Publication publish(boolean withSnapshot) throws IOException {
        List<LtxFile> files = client.listAll();
        Txid newest = files.stream().map(LtxFile::max).max(Txid::compareTo).orElse(Txid.NONE);
        settlePending(files, newest);
        Optional<PublishedState> last = stateFile.load();
        checkIsOurs(last, files, newest);
        try (TemporaryFolder folder = TemporaryFolder.create();
                DatabaseCopy copy = DatabaseCopy.take(database, folder)) {
            checkFits(copy, last);
            LtxDraft draft = new LtxDraft(copy);
            Publication done = last.isPresent() && draft.isSame(last.get().pageChecksums())
                    ? new Publication.Unchanged(newest)
                    : increment(draft, copy, last, folder.resolve("increment.ltx"));
            if (withSnapshot && lastSnapshot(files).isBefore(done.txid())) {
                return snapshot(draft, copy, done, folder.resolve("snapshot.ltx"));
            }
            return done;
        }
    }

    private Publication.Added increment(LtxDraft draft, DatabaseCopy copy, Optional<PublishedState> last, Path file)
            throws IOException {
        Txid txid = last.map(PublishedState::txid).orElse(Txid.NONE).next();
        BitSet pages =
                draft.changedSince(last.map(PublishedState::pageChecksums).orElse(new long[0]));
        // Times ascend with transactions, or a look back in time would miss some; clocks do not always.
        long now = clock.millis();
        long millis =
                last.map(state -> Math.max(now, state.timestampMillis() + 1)).orElse(now);
        LtxTrailer trailer = draft.write(file, txid, txid, millis, pages);
        StateFile.Pending pending = stateFile.prepare(new PublishedState(
                identity, txid, millis, Files.size(file), trailer.fileChecksum(), copy.pageSize(), draft.checksums()));
        try {
            writer.create(Level.L0, LtxFileName.of(txid), file, millis);
        } catch (ReplicaException.Denied e) {
            StateFile.drop(pending); // The store said no. After other failures nobody knows; the next run finds out.
            throw e;
        }
        stateFile.settle(pending);
        return added(Level.L0, LtxFileName.of(txid), copy, pages, file, millis);
    }

    private Publication.Added snapshot(LtxDraft draft, DatabaseCopy copy, Publication done, Path file)
            throws IOException {
        long millis = stateFile.load().orElseThrow().timestampMillis();
        BitSet pages = draft.changedSince(new long[0]);
        LtxFileName name = new LtxFileName(Txid.NONE.next(), done.txid());
        LtxTrailer _ = draft.write(file, name.min(), name.max(), millis, pages);
        writer.create(Level.SNAPSHOT, name, file, millis);
        return added(Level.SNAPSHOT, name, copy, pages, file, millis);
    }

    private static Publication.Added added(
            Level level, LtxFileName name, DatabaseCopy copy, BitSet pages, Path file, long millis) throws IOException {
        return new Publication.Added(
                level,
                name,
                copy.pageSize(),
                pages.cardinality(),
                copy.commit(),
                Files.size(file),
                Instant.ofEpochMilli(millis));
    }

    /** Completes a run that broke off behind its write to the replica, and forgets those that did not get so far. */
    private void settlePending(List<LtxFile> files, Txid newest) throws IOException {
        for (StateFile.Pending pending : stateFile.pending()) {
            PublishedState state = pending.state();
            if (!state.replica().equals(identity)) {
                continue;
            }
            if (state.txid().equals(newest) && isInReplica(state, files)) {
                stateFile.settle(pending);
            } else if (!state.txid().isAfter(newest)) {
                StateFile.drop(pending); // A later one may belong to a run that is under way.
            }
        }
    }

    private void checkIsOurs(Optional<PublishedState> last, List<LtxFile> files, Txid newest) throws IOException {
        String replica = client.displayUrl();
        if (last.isEmpty()) {
            checkIsEmpty(newest, replica);
            return;
        }
        PublishedState state = last.get();
        if (!state.replica().equals(identity)) {
            throw new PublishException(("%s: this database was published to %s before (says %s);"
                            + " to publish to both, give each a file with --state")
                    .formatted(replica, state.replica(), stateFile.path()));
        }
        if (newest.equals(Txid.NONE)) {
            throw new PublishException(("%s: the replica is empty, but transaction %s was published to it;"
                            + " if it was removed on purpose, remove %s too and publish afresh")
                    .formatted(replica, state.txid(), stateFile.path()));
        }
        if (!newest.equals(state.txid())) {
            throw new PublishException(("%s: its newest transaction is %s, but %s was published last from here:"
                            + " someone else writes to it; publish to an empty replica")
                    .formatted(replica, newest, state.txid()));
        }
        if (!isInReplica(state, files)) {
            throw new PublishException(("%s: its transaction %s is not the one that was published from here:"
                            + " someone else writes to it; publish to an empty replica")
                    .formatted(replica, newest));
        }
    }

    private void checkIsEmpty(Txid newest, String replica) throws IOException {
        if (!newest.equals(Txid.NONE)) {
            throw new PublishException(
                    ("%s: holds transactions up to %s that were not published from here (there is no %s);"
                                    + " publish to an empty replica")
                            .formatted(replica, newest, stateFile.path()));
        }
        Optional<String> generation = client.findLegacyGeneration();
        if (generation.isPresent()) {
            throw new PublishException(
                    "%s: holds a replica of Litestream 0.3.x (generations/%s); publish to an empty replica"
                            .formatted(replica, generation.get()));
        }
    }

    /** Tells whether the file of a state is in the replica: by its size and the checksum at its end. */
    private boolean isInReplica(PublishedState state, List<LtxFile> files) throws IOException {
        LtxFileName name = LtxFileName.of(state.txid());
        Optional<LtxFile> file = files.stream()
                .filter(listed ->
                        listed.level().equals(Level.L0) && listed.name().equals(name))
                .filter(listed -> listed.size() == state.fileBytes())
                .findFirst();
        if (file.isEmpty()) {
            return false;
        }
        try (LtxObject tail = client.read(file.get(), state.fileBytes() - Long.BYTES, Long.BYTES);
                InputStream body = tail.body()) {
            return ByteBuffer.wrap(body.readNBytes(Long.BYTES)).getLong() == state.fileChecksum();
        }
    }

    private static Txid lastSnapshot(List<LtxFile> files) {
        return files.stream()
                .filter(file -> file.level().isSnapshot())
                .map(LtxFile::max)
                .max(Txid::compareTo)
                .orElse(Txid.NONE);
    }

    private void checkFits(DatabaseCopy copy, Optional<PublishedState> last) throws PublishException {
        if (copy.commit().pages() == 0) {
            throw new PublishException(database + ": the database is empty; create a table first");
        }
        if (copy.commit().pages() > Integer.MAX_VALUE) {
            throw new PublishException("%s: expected at most %d pages, found %d; use a larger page size"
                    .formatted(database, Integer.MAX_VALUE, copy.commit().pages()));
        }
        if (last.isPresent() && !last.get().pageSize().equals(copy.pageSize())) {
            throw new PublishException(
                    ("%s: its page size changed from %d to %d bytes, and that of a replica cannot change;"
                                    + " publish to an empty replica")
                            .formatted(
                                    database,
                                    last.get().pageSize().bytes(),
                                    copy.pageSize().bytes()));
        }
    }

    @Override
    public void close() {
        writer.close();
        client.close();
    }
}
