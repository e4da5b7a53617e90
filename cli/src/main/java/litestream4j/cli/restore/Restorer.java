package litestream4j.cli.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import litestream4j.engine.PlanException;
import litestream4j.engine.PlanFinder;
import litestream4j.engine.RestorePlan;
import litestream4j.engine.RetryingClient;
import litestream4j.engine.Target;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxReader;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/**
 * Writes a state of a replica to a file, from whole files that are verified on the way. Memory does not grow with the
 * database.
 *
 * <p>The files of a plan are read after all of them were listed, each in the version that was listed; so they stood
 * side by side at one moment, and belong to one history. If one goes meanwhile, or is damaged, the work begins anew
 * with others that lead to the same transaction, if there are such. One thread at a time.
 */
public final class Restorer implements AutoCloseable {
    /** How often files may go on the way. A primary's retention takes them away in batches, minutes apart. */
    private static final int ATTEMPTS = 3;

    private final RetryingClient client;
    private final PlanFinder finder;
    private final Listener listener;
    private final Set<LtxFile> suspects = new HashSet<>();
    private final Set<LtxFile> damaged = new HashSet<>();
    private final List<String> passedOver = new ArrayList<>();

    /** Told of how far the work is. */
    public interface Listener {
        /** The work begins, or begins anew. */
        void begin(RestorePlan plan);

        /** So many bytes more were read. */
        void received(long bytes);
    }

    /** Owns the client, which makes one attempt a call: closing this closes it. */
    public Restorer(ReplicaClient client, Listener listener) {
        this.client = new RetryingClient(client);
        this.finder = new PlanFinder(client);
        this.listener = listener;
    }

    /**
     * Restores a state.
     *
     * @param out emptied, then filled; its content is undefined after an exception
     * @throws PlanException if nothing leads to the target
     * @throws LtxFormatException if a file is damaged, and no others lead there
     */
    public Restored restore(Target target, FileChannel out) throws IOException {
        RestorePlan plan = finder.find(target, damaged);
        for (int gone = 0; ; ) {
            try {
                return apply(plan, out);
            } catch (ReplicaException.NotFound e) {
                gone++;
                if (gone == ATTEMPTS) {
                    throw e;
                }
                // Of a moment in the past, files that lead less far would give another state without a word.
                plan = others(target instanceof Target.Latest ? target : new Target.AtTxid(plan.txid()), e);
            } catch (DamagedFile e) {
                // Read once more first: what was damaged on the way, and not in the store, is whole then.
                if (client.isLocal() || !suspects.add(e.file)) {
                    damaged.add(e.file);
                    passedOver.add(e.reason.getMessage());
                }
                plan = others(new Target.AtTxid(plan.txid()), e.reason);
            }
        }
    }

    private RestorePlan others(Target target, IOException because) throws IOException {
        try {
            return finder.find(target, damaged);
        } catch (PlanException e) {
            because.addSuppressed(e);
            throw because;
        }
    }

    private Restored apply(RestorePlan plan, FileChannel out) throws IOException {
        listener.begin(plan);
        Chain chain = new Chain(out);
        try (WholeFiles files = new WholeFiles(client, plan.files(), listener::received)) {
            for (LtxFile file : plan.files()) {
                try {
                    LtxReader reader = LtxReader.withoutIndex(file.label(), files.next());
                    checkName(file, reader.header());
                    chain.apply(file.label(), reader);
                } catch (LtxFormatException e) {
                    throw new DamagedFile(file, e);
                }
            }
        }
        LtxFile last = plan.files().getLast();
        boolean hasChecksum = chain.checkDatabase(last.label());
        return new Restored(
                plan.txid(),
                chain.time(),
                chain.pages().pageSize(),
                chain.last().commit(),
                plan.files().size(),
                plan.files().stream().mapToLong(LtxFile::size).sum(),
                hasChecksum,
                List.copyOf(passedOver));
    }

    /** Checks that a file is what its name says. */
    public static void checkName(LtxFile file, LtxHeader header) throws LtxFormatException {
        if (!header.name().equals(file.name())) {
            throw new LtxFormatException(file.label(), 16, "TXIDs", file.name() + " by the file's name", header.name());
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** Says which file of a plan it was. */
    private static final class DamagedFile extends IOException {
        private static final long serialVersionUID = 1;

        private final transient LtxFile file;
        private final LtxFormatException reason;

        DamagedFile(LtxFile file, LtxFormatException reason) {
            super(reason);
            this.file = file;
            this.reason = reason;
        }
    }
}
