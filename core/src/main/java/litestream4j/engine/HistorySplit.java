package litestream4j.engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
 * file carries the time of its last transaction, as the file on level 0 does that it was made of. Where that file is
 * not to be had, times decide: what is of the new history and reaches as far as the transaction that overwrites was not
 * made before it. Transactions that go on in a WAL that only the new history has are new all the same. Of what else
 * is new some is left out if the clock of the new primary was set back meanwhile.
 */
final class HistorySplit {
    /** When a file was seen for the first time. */
    enum Seen {
        /** So long ago, or at such a place, that it must be of the old history. */
        BEFORE,
        /** Not so long ago, or now: maybe after the first transaction was overwritten, which was not seen yet. */
        LATELY,
        /**
         * Never, as far as that tells anything, and the view contains its transaction: of the new history if it was
         * made after the view. If not, it may have come while the listing was made that brought the view.
         */
        UNSEEN,
        /** Since the first transaction was overwritten, so it is of the new history. */
        AFTERWARDS
    }

    private static final int WAL_HEADER_BYTES = 32;

    /** More than a primary begins between two listings; a part of all salts that is small enough not to matter. */
    private static final int WALS_UNSEEN_MAX = 1 << 16;

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
        findNewOnes();
        boolean isOld = false;
        for (LtxFile file : files.keySet()) {
            if (file.level().equals(Level.L0)) {
                isOld = switch (seen(file)) {
                    case BEFORE -> true;
                    case AFTERWARDS -> false;
                    case LATELY -> isOld || decide(file);
                    case UNSEEN -> decide(file);
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

    /** Transactions are overwritten in order, so it takes one look mostly: what comes before a new one is new too. */
    private void findNewOnes() throws IOException {
        List<LtxFile> unseen = files.keySet().stream()
                .filter(file -> file.level().equals(Level.L0) && seen(file) == Seen.UNSEEN)
                .toList();
        for (int i = unseen.size() - 1; i >= 0; i--) {
            try {
                if (unseen.get(i).min().equals(by.min()) || isAfterTheView(unseen.get(i))) {
                    unseen.subList(0, i + 1).forEach(file -> files.put(file, Seen.AFTERWARDS));
                    return;
                }
            } catch (CorruptFileException | ReplicaException.NotFound _) {
                // Those before it may tell all the same of what comes before them.
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
            return !isNewForSure(file) && (isOfOldWal(file) || (isBefore(file) && !goesOnInTheNewHistory(file)));
        }
        return switch (seen(file)) {
            case BEFORE -> true;
            case AFTERWARDS -> false;
            case LATELY, UNSEEN -> isOlder(file);
        };
    }

    private Seen seen(LtxFile file) {
        return Objects.requireNonNull(files.get(file));
    }

    private boolean isNewForSure(LtxFile file) throws IOException {
        return seen(file) == Seen.UNSEEN && isAfterTheView(file);
    }

    private boolean isAfterTheView(LtxFile file) throws IOException {
        return loader.header(file).timestampMillis() > last.timestampMillis();
    }

    /** Tells whether a file is from the WAL that the view ends in, if the new history has nothing of that. */
    private boolean isOfOldWal(LtxFile file) throws IOException {
        return last.walSize() != 0 && isSameWal(loader.header(file), last) && !isSameWal(by, last);
    }

    private static boolean isSameWal(LtxHeader header, LtxHeader other) {
        return header.walSalt1() == other.walSalt1() && header.walSalt2() == other.walSalt2();
    }

    /** Tells whether a file of level 0 begins where the new history's WAL ended, or at the start of its next WAL. */
    private boolean goesOnInTheNewHistory(LtxFile file) throws IOException {
        LtxFile previous = transactions.get(new Txid(file.min().value() - 1));
        if (previous == null || old.contains(previous)) {
            return false;
        }
        LtxHeader before = loader.header(previous);
        LtxHeader header = loader.header(file);
        if (mayBeOldWal(header)) {
            return false;
        }
        return isSameWal(header, before)
                ? header.walOffset() == before.walOffset() + before.walSize()
                : header.walSalt1() == before.walSalt1() + 1 && header.walOffset() == WAL_HEADER_BYTES;
    }

    /**
     * Tells whether the old history may have come to a WAL after the view: the first salt grows by one with each. If
     * the disk was set back, so does that of the new history, from the same number on, and files of one begin where
     * those of the other end.
     */
    private boolean mayBeOldWal(LtxHeader header) {
        int ahead = header.walSalt1() - last.walSalt1();
        return last.walSize() == 0 || (ahead >= 0 && ahead < WALS_UNSEEN_MAX);
    }

    private boolean isBefore(LtxFile file) throws IOException {
        return loader.header(file).timestampMillis() < by.timestampMillis();
    }

    private boolean isOlder(LtxFile merged) throws IOException {
        LtxFile single = merged.level().isSnapshot() ? null : transactions.get(merged.max());
        if (single == null) {
            return isBefore(merged);
        }
        long time = loader.header(merged).timestampMillis();
        try {
            return (loader.header(single).timestampMillis() == time) == old.contains(single);
        } catch (ReplicaException.NotFound _) {
            return isBefore(merged);
        }
    }
}
