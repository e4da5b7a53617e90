package litestream4j.engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Notices that another history overwrites the one that is followed, file by file, while later files of the old one
 * still stand beside the new ones, and disowns those. Safe for all threads.
 *
 * <p>A file of level 0 is uploaded before anything that contains its transaction. So one that was not there when the
 * view already contained its transaction is none of the view's history, unless it was uploaded once more; and then its
 * transaction was not made after the last one of the view.
 */
final class Overwriting {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** A listing may be of an earlier moment, and show again what is gone; so files are remembered for so many. */
    private static final int LISTINGS_REMEMBERED = 16;

    private final FileLoader loader;
    private final String replica;
    private final Set<LtxFile> disowned = ConcurrentHashMap.newKeySet();

    /** The number of the listing in which each file was seen last. Guarded by this, as what follows. */
    private final Map<LtxFile, Integer> seen = new HashMap<>();

    private int listings;

    /** The newest view before the last listing was made. */
    private @Nullable Snapshot had;

    /** The lineage of the view that is being overwritten, until the newest view is of another one. */
    private OptionalInt overwritten = OptionalInt.empty();

    /** What came since that was noticed: of the new history, for all that is known. */
    private final Set<LtxFile> late = new HashSet<>();

    Overwriting(FileLoader loader, String replica) {
        this.loader = loader;
        this.replica = replica;
    }

    /** Takes note of the first view: it was made of what the last listing showed. */
    synchronized void opened(Snapshot first) {
        had = first;
    }

    /**
     * Looks at a listing.
     *
     * @param newest the newest view before the listing was made
     */
    void look(List<LtxFile> listed, @Nullable Snapshot newest) throws IOException {
        Snapshot before = exchange(newest);
        if (before != null) {
            Optional<Txid> first = Optional.empty();
            for (LtxFile file : appeared(listed, before)) {
                if (first.isEmpty() && isMadeAfter(file, before)) {
                    first = Optional.of(file.min());
                }
            }
            if (first.isPresent()) {
                disown(listed, first.get(), before);
            }
        }
        remember(listed);
    }

    private synchronized @Nullable Snapshot exchange(@Nullable Snapshot newest) {
        Snapshot before = had;
        had = newest;
        if (newest == null || !overwritten.equals(OptionalInt.of(newest.lineage()))) {
            overwritten = OptionalInt.empty();
            late.clear();
        }
        return before;
    }

    /** Returns the files that were not there before and should have been, in order. */
    private synchronized List<LtxFile> appeared(List<LtxFile> listed, Snapshot before) {
        return listed.stream()
                .filter(file ->
                        file.level().equals(Level.L0) && !file.max().isAfter(before.txid()) && !seen.containsKey(file))
                .sorted(LtxFile.BY_NAME)
                .toList();
    }

    private boolean isMadeAfter(LtxFile file, Snapshot view) throws IOException {
        try {
            return loader.header(file).timestampMillis() > view.timestamp().toEpochMilli();
        } catch (ReplicaException.NotFound | CorruptFileException _) {
            return false; // It is no part of any plan then.
        }
    }

    private synchronized void disown(List<LtxFile> listed, Txid first, Snapshot view) {
        int count = disowned.size();
        overwritten = OptionalInt.of(view.lineage());
        for (LtxFile file : listed) {
            if (!file.max().isBefore(first) && seen.containsKey(file) && !late.contains(file)) {
                disowned.add(file);
            }
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: transactions from {1} on are overwritten by those of another history, while at txid {2};"
                        + " {3} files of the old one are left out",
                replica,
                first,
                view.txid(),
                disowned.size() - count);
    }

    /** Takes note of files that were found by name, and are of the history that is followed. */
    synchronized void taken(List<SourceFile> files) {
        files.forEach(file -> seen.put(file.file, listings));
    }

    private synchronized void remember(List<LtxFile> listed) {
        disowned.retainAll(new HashSet<>(listed));
        listings++;
        for (LtxFile file : listed) {
            if (seen.put(file, listings) == null && overwritten.isPresent()) {
                late.add(file);
            }
        }
        seen.values().removeIf(listing -> listing <= listings - LISTINGS_REMEMBERED);
    }

    /** Tells whether a file belongs to a history that is being overwritten. */
    boolean isDisowned(LtxFile file) {
        return disowned.contains(file);
    }
}
