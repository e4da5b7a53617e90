package litestream4j.engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;

/**
 * Tells two histories apart in one listing: the one that was followed, and the one that overwrites it from some
 * transaction on.
 *
 * <p>When a file was seen first does not always say it. A listing goes from level to level, so it may show a merged
 * file of the new history beside transactions of the old one; and the last files of the old history may never have
 * been seen. But transactions are overwritten in order, so on level 0 what comes after an old one is old. And a merged
 * file carries the time of its last transaction, as the file on level 0 does that it was made of.
 */
final class HistorySplit {
    /** When a file was seen for the first time. */
    enum Seen {
        /** So long ago, or at such a place, that it must be of the old history. */
        BEFORE,
        /** Not so long ago: maybe after the first transaction was overwritten, which was not seen yet. */
        LATELY,
        /** Now. */
        NEVER,
        /** Since the first transaction was overwritten, so it is of the new history. */
        AFTERWARDS
    }

    private final Map<LtxFile, Seen> files;
    private final LtxHeader by;
    private final LtxHeader last;
    private final FileLoader loader;

    /** The files of level 0 by their transactions. */
    private final Map<Txid, LtxFile> transactions = new HashMap<>();

    private final Set<LtxFile> old = new HashSet<>();
    private final Set<LtxFile> undecided = new HashSet<>();

    /**
     * @param files that reach as far as the first transaction that was overwritten, in order
     * @param by of the file that overwrote it
     * @param view of the old history
     */
    HistorySplit(Map<LtxFile, Seen> files, LtxHeader by, Snapshot view, FileLoader loader) {
        this.files = files;
        this.by = by;
        this.last = view.last().header;
        this.loader = loader;
    }

    /** Looks at all files. */
    void decide() throws IOException {
        boolean isOld = false;
        for (LtxFile file : files.keySet()) {
            if (file.level().equals(Level.L0)) {
                isOld = switch (seen(file)) {
                    case BEFORE -> true;
                    case AFTERWARDS -> false;
                    case LATELY, NEVER -> isOld || decide(file);
                };
                transactions.put(file.max(), file);
                if (isOld) {
                    old.add(file);
                }
            }
        }
        for (LtxFile file : files.keySet()) {
            if (!file.level().equals(Level.L0) && decide(file)) {
                old.add(file);
            }
        }
    }

    private boolean decide(LtxFile file) throws IOException {
        try {
            return isOld(file);
        } catch (CorruptFileException | ReplicaException.NotFound _) {
            undecided.add(file);
            return false;
        }
    }

    /** Returns the files of the old history. */
    Set<LtxFile> old() {
        return old;
    }

    /** Returns the files that could not be looked into. */
    Set<LtxFile> undecided() {
        return undecided;
    }

    /**
     * Tells whether a file is of the old history.
     *
     * @throws CorruptFileException if a file is damaged that tells it
     * @throws ReplicaException.NotFound if a file is gone that tells it
     */
    boolean isOld(LtxFile file) throws IOException {
        if (file.level().equals(Level.L0)) {
            return isOfOldWal(file);
        }
        return switch (seen(file)) {
            case BEFORE -> true;
            case AFTERWARDS -> false;
            case LATELY -> isOlder(file, true);
            case NEVER -> !file.level().isSnapshot() && isOlder(file, false);
        };
    }

    private Seen seen(LtxFile file) {
        return Objects.requireNonNull(files.get(file));
    }

    /** Tells whether a file is from the WAL that the view ends in, of which the new history has nothing. */
    private boolean isOfOldWal(LtxFile file) throws IOException {
        if (last.walSize() == 0) {
            return false;
        }
        LtxHeader header = loader.header(file);
        return header.walSalt1() == last.walSalt1() && header.walSalt2() == last.walSalt2();
    }

    /** @param byClock whether it counts if nothing but times of different transactions is there to compare */
    private boolean isOlder(LtxFile merged, boolean byClock) throws IOException {
        long time = loader.header(merged).timestampMillis();
        LtxFile single = merged.level().isSnapshot() ? null : transactions.get(merged.max());
        if (single == null) {
            return byClock && time < by.timestampMillis();
        }
        try {
            return (loader.header(single).timestampMillis() == time) == old.contains(single);
        } catch (ReplicaException.NotFound _) {
            return time < by.timestampMillis();
        }
    }
}
