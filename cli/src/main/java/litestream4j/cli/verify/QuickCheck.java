package litestream4j.cli.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import litestream4j.cli.restore.Restorer;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.PageIndex;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/**
 * Reads header and page index of every file, and finds out whether each page of the newest state has a place. What the
 * pages hold is not looked at. Memory: a bit for each page, and the indexes of the newest state's files.
 */
public final class QuickCheck {
    private static final int SIDE_BY_SIDE = 8;
    private static final int TAIL_BYTES = 32 * 1024;

    private final ReplicaClient client;
    private final Map<LtxFile, LtxHeader> headers = new ConcurrentHashMap<>();
    private final Map<LtxFile, PageIndex> indexes = new ConcurrentHashMap<>();
    private final Set<LtxFile> damaged = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    /** @param client repeats requests by itself; not closed */
    public QuickCheck(ReplicaClient client) {
        this.client = client;
    }

    /**
     * Checks the replica.
     *
     * @throws IOException if the store fails
     */
    public Verdict run() throws IOException {
        List<LtxFile> files = client.listAll();
        Set<LtxFile> wanted = new HashSet<>(Reach.of(files, Set.of()).plan());
        readAll(files, wanted);
        findings.addAll(Layout.check(files, headers));
        Reach reach = Reach.of(files, damaged);
        findings.addAll(reach.findings());
        if (!reach.plan().isEmpty()) {
            checkPages(reach.plan());
        }
        return new Verdict(
                reach.plan().isEmpty() ? null : headers.get(reach.plan().getLast()),
                files.size(),
                files.stream().mapToLong(LtxFile::size).sum(),
                reach.plan().size(),
                0,
                null,
                findings);
    }

    private void readAll(List<LtxFile> files, Set<LtxFile> wanted) throws IOException {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                client.isLocal() ? 1 : SIDE_BY_SIDE,
                Thread.ofPlatform().daemon().name("litestream-verify-", 1).factory())) {
            Map<LtxFile, Future<?>> checks = new LinkedHashMap<>();
            for (LtxFile file : files) {
                checks.put(file, threads.submit(() -> {
                    read(file, wanted.contains(file));
                    return true;
                }));
            }
            try {
                for (Map.Entry<LtxFile, Future<?>> check : checks.entrySet()) {
                    await(check.getKey(), check.getValue());
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private void await(LtxFile file, Future<?> check) throws IOException {
        try {
            check.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(file.label() + ": interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case LtxFormatException damage -> {
                    damaged.add(file);
                    findings.add(Finding.damage(file.label(), damage));
                }
                case ReplicaException.NotFound _ ->
                    findings.add(Finding.note(file.label() + ": went away, or was replaced, after it was listed"));
                case IOException failure -> throw failure;
                case null, default -> throw new IOException(file.label() + ": " + e.getCause(), e);
            }
        }
    }

    private void read(LtxFile file, boolean keepsIndex) throws IOException {
        LtxHeader header =
                LtxHeader.parse(file.label(), bytes(file, 0, (int) Math.min(LtxHeader.BYTES, file.size())), 0);
        Restorer.checkName(file, header);
        PageIndex index = readIndex(file, header);
        headers.put(file, header);
        if (keepsIndex) {
            indexes.put(file, index);
        }
    }

    private PageIndex readIndex(LtxFile file, LtxHeader header) throws IOException {
        int guess = (int) Math.min(file.size(), TAIL_BYTES);
        byte[] tail = bytes(file, file.size() - guess, guess);
        long wanted = PageIndex.entriesBytes(file.label(), tail, file.size()) + PageIndex.FOOTER_BYTES;
        if (wanted > guess) {
            tail = bytes(file, file.size() - wanted, Math.toIntExact(wanted));
        }
        return PageIndex.parse(file.label(), tail, file.size(), header.commit(), header.pageSize());
    }

    private byte[] bytes(LtxFile file, long offset, int length) throws IOException {
        if (length == 0) {
            return new byte[0];
        }
        try (LtxObject object = client.read(file, offset, length)) {
            return object.body().readNBytes(length);
        }
    }

    private LtxHeader header(LtxFile file) {
        return Objects.requireNonNull(headers.get(file), "a file of a plan was read");
    }

    /** Finds out whether each page of the state lies in one of its files. */
    private void checkPages(List<LtxFile> plan) throws IOException {
        BitSet present = new BitSet();
        LtxHeader last = header(plan.getLast());
        for (LtxFile file : plan) {
            LtxHeader header = header(file);
            // Those of other files than the listing alone led to are not kept.
            PageIndex kept = indexes.get(file);
            PageIndex index = kept == null ? readIndex(file, header) : kept;
            int pages = Math.toIntExact(header.commit().pages());
            present.clear(pages + 1, Math.max(pages + 1, present.length()));
            for (int i = 0; i < index.size(); i++) {
                present.set(Math.toIntExact(index.pgno(i)));
            }
        }
        if (last.pageSize().lockPage() <= last.commit().pages()) {
            present.set((int) last.pageSize().lockPage());
        }
        int missing = (int) last.commit().pages() - present.cardinality();
        if (missing > 0) {
            findings.add(Finding.damage("%d pages of the newest state are in none of its files; the first is page %d"
                    .formatted(missing, present.nextClearBit(1))));
        }
    }
}
