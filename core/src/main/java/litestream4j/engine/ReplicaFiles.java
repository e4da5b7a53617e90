package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.Future;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;

/**
 * The files of a replica as one listing showed them, in the order of the transactions they end with. What the listing
 * does not say is read when it is asked for, and then for the files that follow as well, side by side.
 *
 * <p>Used by one thread at a time.
 */
public final class ReplicaFiles {
    /** Files whose headers are read ahead of demand: all of a small replica, a few round trips for a large one. */
    private static final int AHEAD = 64;

    private static final int SIDE_BY_SIDE = 16;

    private static final Comparator<LtxFile> IN_ORDER =
            Comparator.comparing(LtxFile::max).thenComparing(LtxFile::level).thenComparing(LtxFile::min);

    private final List<LtxFile> files;
    private final boolean[] reachable;
    private final FileFacts facts;
    private final Calls calls;
    private final Cancellation cancellation;
    private int headersRead;
    private int pagesRead;

    ReplicaFiles(List<LtxFile> listed, FileFacts facts, Calls calls, Cancellation cancellation) {
        this.files = listed.stream().sorted(IN_ORDER).toList();
        this.reachable = reachable(files);
        this.facts = facts;
        this.calls = calls;
        this.cancellation = cancellation;
    }

    /**
     * Tells of each file whether files lead to the state after its last transaction.
     *
     * @param files in order of their last transactions
     */
    static boolean[] reachable(List<LtxFile> files) {
        boolean[] reachable = new boolean[files.size()];
        TreeSet<Txid> ends = new TreeSet<>();
        for (int i = 0; i < reachable.length; i++) {
            LtxFile file = files.get(i);
            Txid before = ends.lower(file.max());
            // It may begin earlier: what it holds twice, it holds as of its end.
            boolean continues = before != null && !file.min().isAfter(before.next());
            if (file.name().isSnapshot() || continues) {
                ends.add(file.max());
            }
        }
        for (int i = 0; i < reachable.length; i++) {
            reachable[i] = ends.contains(files.get(i).max());
        }
        return reachable;
    }

    /** Returns the number of files. */
    public int size() {
        return files.size();
    }

    public LtxFile file(int index) {
        return files.get(index);
    }

    /** Tells whether files lead to the state after the last transaction of a file. */
    public boolean isReachable(int index) {
        return reachable[index];
    }

    /** Returns a file's header, or nothing if the file is damaged or gone since it was listed. */
    public Optional<LtxHeader> header(int index) throws IOException {
        headersRead = Math.max(headersRead, readAhead(index, headersRead, facts::header));
        return whole(() -> facts.header(files.get(index)));
    }

    /** Returns how many pages a file holds, or nothing if the file is damaged or gone since it was listed. */
    public OptionalInt pages(int index) throws IOException {
        pagesRead = Math.max(pagesRead, readAhead(index, pagesRead, facts::pages));
        return whole(() -> facts.pages(files.get(index))).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private interface Fact<T> {
        T read() throws IOException;
    }

    private interface FactOf {
        Object read(LtxFile file) throws IOException;
    }

    private static <T> Optional<T> whole(Fact<T> fact) throws IOException {
        try {
            return Optional.of(fact.read());
        } catch (CorruptFileException | ReplicaException.NotFound _) {
            return Optional.empty();
        }
    }

    /**
     * Reads a fact of files that will be asked for next.
     *
     * @param read up to where they were read already
     * @return up to where they are read now
     */
    private int readAhead(int index, int read, FactOf fact) throws IOException {
        if (index < read || calls.isLocal()) {
            return read;
        }
        int to = Math.min(index + AHEAD, files.size());
        List<LtxFile> next = files.subList(index, to);
        return calls.await(
                () -> {
                    readSideBySide(next, fact);
                    return to;
                },
                cancellation);
    }

    private void readSideBySide(List<LtxFile> next, FactOf fact) throws IOException {
        List<Future<?>> workers = new ArrayList<>();
        try {
            for (int i = 0; i < Math.min(SIDE_BY_SIDE, next.size()); i++) {
                int first = i;
                workers.add(Calls.begin(() -> {
                    for (int at = first; at < next.size(); at += SIDE_BY_SIDE) {
                        LtxFile file = next.get(at);
                        Optional<Object> _ = whole(() -> fact.read(file));
                    }
                    return true;
                }));
            }
            for (Future<?> worker : workers) {
                calls.join(worker);
            }
        } finally {
            workers.forEach(worker -> worker.cancel(true));
        }
    }
}
