package litestream4j.cli.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import litestream4j.cli.restore.Chain;
import litestream4j.cli.restore.Restorer;
import litestream4j.cli.restore.TargetFile;
import litestream4j.cli.restore.WholeFiles;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxReader;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads every file of a replica from end to end, once if none is damaged, and puts all states that snapshots stand for
 * together on the way, one after the other in one temporary file, up to the newest. Memory does not grow with the
 * database. One thread at a time.
 */
public final class FullCheck {
    /** Retention may take files away while they are read; then it begins anew with what is there. */
    private static final int ATTEMPTS = 3;

    private final ReplicaClient client;
    private final Listener listener;
    private final Map<LtxFile, LtxHeader> headers = new HashMap<>();
    private final Set<LtxFile> damaged = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private int compared;

    /** Told of how far the work is. */
    public interface Listener {
        /** The work begins, or begins anew. */
        void begin(long bytes);

        /** So many bytes more were read. */
        void received(long bytes);
    }

    /** @param client repeats requests by itself; not closed */
    public FullCheck(ReplicaClient client, Listener listener) {
        this.client = client;
        this.listener = listener;
    }

    /**
     * Checks the replica.
     *
     * @param folder for a temporary file as large as the database
     * @throws IOException if the store fails, or the temporary file cannot be written
     */
    public Verdict run(Path folder) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return run(client.listAll(), folder);
            } catch (ReplicaException.NotFound e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                headers.clear();
                damaged.clear();
                findings.clear();
            }
        }
    }

    private Verdict run(List<LtxFile> files, Path folder) throws IOException {
        try (TargetFile draft = TargetFile.create(folder.resolve("litestream4j-verify.db"), true)) {
            Walk walk = Walk.plan(files);
            @Nullable Chain chain = readAll(files, walk, draft.channel());
            while (chain == null) {
                List<LtxFile> whole =
                        files.stream().filter(file -> !damaged.contains(file)).toList();
                walk = Walk.plan(whole);
                chain = readAll(List.of(), walk, draft.channel());
            }
            walk.notes().forEach(note -> findings.add(Finding.note(note)));
            findings.addAll(Layout.check(files, headers));
            Reach reach = Reach.of(files, damaged);
            findings.addAll(reach.findings());
            String integrity = chain.txid().value() == 0 ? null : finish(chain, walk, draft.draft());
            return new Verdict(
                    chain.txid().value() == 0 ? null : chain.last(),
                    files.size(),
                    files.stream().mapToLong(LtxFile::size).sum(),
                    reach.plan().size(),
                    compared,
                    integrity,
                    findings);
        }
    }

    /** Compares with the last file's checksum of the whole database, and asks SQLite. */
    private String finish(Chain chain, Walk walk, Path database) throws IOException {
        try {
            chain.checkDatabase(walk.steps().getLast().file().label());
        } catch (LtxFormatException e) {
            findings.add(Finding.damage(e.file(), e));
        }
        IntegrityCheck check = IntegrityCheck.of(database);
        findings.addAll(check.findings());
        return check.result();
    }

    /**
     * Reads files, those of a way first.
     *
     * @return the database at the end of the way; null if a file on it is damaged, and all others were read only
     */
    private @Nullable Chain readAll(List<LtxFile> files, Walk walk, FileChannel database) throws IOException {
        Map<LtxFile, Walk.Use> uses = new LinkedHashMap<>();
        walk.steps().forEach(step -> uses.put(step.file(), step.use()));
        List<LtxFile> order = new ArrayList<>(uses.keySet());
        files.stream().filter(file -> !uses.containsKey(file)).forEach(order::add);
        listener.begin(order.stream().mapToLong(LtxFile::size).sum());
        compared = 0;
        @Nullable Chain chain = new Chain(database);
        try (WholeFiles streams = new WholeFiles(client, order, listener::received)) {
            for (LtxFile file : order) {
                Walk.Use use = chain == null ? null : uses.get(file);
                try {
                    read(file, streams.next(), use == null ? null : chain, use);
                } catch (LtxFormatException e) {
                    damaged.add(file);
                    findings.add(Finding.damage(file.label(), e));
                    chain = use == null ? chain : null;
                }
            }
        }
        return chain;
    }

    private void read(LtxFile file, InputStream stream, @Nullable Chain chain, Walk.@Nullable Use use)
            throws IOException {
        LtxReader reader = LtxReader.withoutIndex(file.label(), stream);
        Restorer.checkName(file, reader.header());
        headers.put(file, reader.header());
        if (chain == null) {
            reader.finish();
        } else if (use == Walk.Use.COMPARE) {
            SnapshotComparison comparison = SnapshotComparison.of(file.label(), reader, chain);
            if (comparison.isSame()) {
                compared++;
            } else {
                findings.add(comparison.finding());
            }
        } else {
            chain.apply(file.label(), reader);
        }
    }
}
