package litestream4j.engine;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Notices that another history overwrites the one that is followed, file by file, while later files of the old one
 * still stand beside the new ones, and disowns those. Safe for all threads.
 *
 * <p>A file of level 0 is uploaded before anything that contains its transaction. So one that was never seen although
 * the view contains its transaction is none of the view's history, unless it was uploaded once more, or while the
 * listing was made that brought the view; and then its transaction was not made after the last one of the view.
 *
 * <p>Listings come in any order: those of readers of the past take their time, and a store may answer with an old one.
 *
 * <p>What was there long before that file is of the old history, if it reaches as far. What came to be seen at about
 * the same time may be of either one, see {@link HistorySplit}.
 */
final class Overwriting {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private final FileLoader loader;
    private final String replica;
    /** Of one look at a time: each is several steps, some of which read files, and is to find all of the last one's. */
    private final ReentrantLock looking = new ReentrantLock();

    private final Set<LtxFile> disowned = ConcurrentHashMap.newKeySet();

    /** Files that could not be looked into, and what tells whether they are of the old history once they can be. */
    private final Map<LtxFile, HistorySplit> undecided = new ConcurrentHashMap<>();

    /** Guarded by this, as what follows. */
    private final Sightings seen = new Sightings();

    /** The newest view before the last listing was made, or before another one that was looked at earlier. */
    private @Nullable Snapshot had;

    /**
     * Files of the last listing that came damaged and were to be looked into: they may be whole the next time, do not
     * count as seen, and are part of no plan until then.
     */
    private volatile Set<LtxFile> unread = Set.of();

    /** The lineage of the view that is being overwritten, until the newest view is of another one. */
    private OptionalInt overwritten = OptionalInt.empty();

    /** What came about when that was noticed, and since: of the new history, for all that is known. */
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
     * @throws ReplicaException.NotFound if a file went that had to be looked into
     */
    void look(List<LtxFile> listed, @Nullable Snapshot newest) throws IOException {
        try {
            looking.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(replica + ": interrupted before a listing was looked at", e);
        }
        try {
            lookAlone(listed, newest);
        } finally {
            looking.unlock();
        }
    }

    private void lookAlone(List<LtxFile> listed, @Nullable Snapshot newest) throws IOException {
        List<Snapshot> followed = followed(newest);
        Set<LtxFile> damaged = new HashSet<>();
        for (Map.Entry<LtxFile, HistorySplit> entry : undecided.entrySet()) {
            decide(entry.getKey(), entry.getValue());
        }
        for (LtxFile file : appeared(listed, followed)) {
            Optional<LtxHeader> header = header(file);
            if (header.isEmpty()) {
                damaged.add(file);
                continue;
            }
            Optional<Snapshot> overwritten = overwrittenBy(file, header.get(), followed);
            if (overwritten.isPresent()) {
                boolean isLeft =
                        overwritten.get().lineage() != followed.getFirst().lineage();
                disown(listed, header.get(), overwritten.get(), isLeft);
                break;
            }
        }
        remember(listed, damaged, newest);
    }

    /** Returns the header of a file, or empty if it came damaged. */
    private Optional<LtxHeader> header(LtxFile file) throws IOException {
        try {
            return Optional.of(loader.header(file));
        } catch (CorruptFileException _) {
            return Optional.empty();
        }
    }

    /** Returns the newest view before this listing was made, and before the last one; empty before the first view. */
    private synchronized List<Snapshot> followed(@Nullable Snapshot newest) {
        Snapshot latest = later(had, newest);
        if (latest == null || !overwritten.equals(OptionalInt.of(latest.lineage()))) {
            overwritten = OptionalInt.empty();
            late.clear();
        }
        if (had == null || latest == null) {
            return List.of();
        }
        if (had.lineage() != latest.lineage()) {
            late.addAll(unread); // What they would have told is known by now.
        }
        return List.of(latest, had);
    }

    /** Returns which of two views was made later: a listing may be looked at after one that was begun later. */
    private static @Nullable Snapshot later(@Nullable Snapshot one, @Nullable Snapshot other) {
        return other == null || (one != null && one.epoch() - other.epoch() > 0) ? one : other;
    }

    /** Returns the files that were not there before and should have been, in order. */
    private synchronized List<LtxFile> appeared(List<LtxFile> listed, List<Snapshot> followed) {
        return listed.stream()
                .filter(file -> followed.stream().anyMatch(view -> isTransactionOf(view, file)))
                .filter(file -> !seen.contains(file) && !late.contains(file))
                .sorted(LtxFile.BY_NAME)
                .toList();
    }

    private static Optional<Snapshot> overwrittenBy(LtxFile file, LtxHeader header, List<Snapshot> followed) {
        return followed.stream()
                .filter(view ->
                        isTransactionOf(view, file) && header.timestamp().isAfter(view.timestamp()))
                .findFirst();
    }

    private static boolean isTransactionOf(Snapshot view, LtxFile file) {
        return file.level().equals(Level.L0) && !file.max().isAfter(view.txid());
    }

    /**
     * Disowns what is of the old history, of which a file was overwritten by another one.
     *
     * @param isLeft whether the newest view is of another history already: so may be what was seen
     */
    private void disown(List<LtxFile> listed, LtxHeader by, Snapshot view, boolean isLeft) throws IOException {
        Map<LtxFile, HistorySplit.Seen> reaching = reaching(listed, by.min(), view, isLeft);
        HistorySplit split = new HistorySplit(reaching, by, view, loader);
        split.decide();
        disown(split, reaching.keySet(), view);
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: transactions from {1} on are overwritten by those of another history, while at txid {2};"
                        + " {3} files of the old one are left out",
                replica,
                by.min(),
                view.txid(),
                split.old().size());
    }

    /** Returns the files that reach as far as a transaction, in order, and when each was seen first. */
    private synchronized Map<LtxFile, HistorySplit.Seen> reaching(
            List<LtxFile> listed, Txid first, Snapshot view, boolean isLeft) {
        Map<LtxFile, HistorySplit.Seen> reaching = new LinkedHashMap<>();
        listed.stream()
                .filter(file -> !file.max().isBefore(first))
                .sorted(LtxFile.BY_NAME)
                .forEach(file -> reaching.put(file, whenSeen(file, view, isLeft)));
        return reaching;
    }

    private HistorySplit.Seen whenSeen(LtxFile file, Snapshot view, boolean isLeft) {
        if (disowned.contains(file)) {
            return HistorySplit.Seen.BEFORE;
        }
        boolean isTransaction = isTransactionOf(view, file);
        boolean isNoticed = overwritten.equals(OptionalInt.of(view.lineage()));
        if (late.contains(file) || (isNoticed && !seen.contains(file))) {
            return HistorySplit.Seen.AFTERWARDS;
        }
        if (isTransaction) {
            boolean isUnseen = isLeft || !seen.contains(file) || undecided.containsKey(file);
            return isUnseen ? HistorySplit.Seen.UNSEEN : HistorySplit.Seen.BEFORE;
        }
        return !isLeft && seen.isFromLongAgo(file) ? HistorySplit.Seen.BEFORE : HistorySplit.Seen.LATELY;
    }

    private synchronized void disown(HistorySplit split, Set<LtxFile> reaching, Snapshot view) {
        overwritten = OptionalInt.of(view.lineage());
        for (LtxFile file : reaching) {
            if (split.undecided().contains(file)) {
                undecided.put(file, split);
            } else {
                (split.old().contains(file) ? disowned : late).add(file);
                undecided.remove(file);
            }
        }
    }

    /** Looks again into a file that was damaged, or could not be found. */
    private void decide(LtxFile file, HistorySplit split) throws IOException {
        boolean isOld;
        try {
            isOld = split.isOld(file);
        } catch (CorruptFileException | ReplicaException.NotFound _) {
            return;
        }
        synchronized (this) {
            (isOld ? disowned : late).add(file);
            undecided.remove(file);
        }
    }

    /** Takes note of files that were found by name, and are of the history that is followed. */
    synchronized void taken(List<SourceFile> files) {
        files.forEach(file -> seen.addFromLongAgo(file.file));
    }

    private synchronized void remember(List<LtxFile> listed, Set<LtxFile> damaged, @Nullable Snapshot newest) {
        had = later(had, newest);
        unread = Set.copyOf(damaged);
        List<LtxFile> whole =
                listed.stream().filter(file -> !damaged.contains(file)).toList();
        for (LtxFile file : seen.add(whole)) {
            if (overwritten.isPresent() && !isDisowned(file)) {
                late.add(file);
            }
        }
        // Not all that this listing lacks: it may be of an earlier moment than the one before.
        disowned.removeIf(file -> !seen.contains(file));
        undecided.keySet().removeIf(file -> !seen.contains(file));
    }

    /** Tells whether a file belongs to a history that is being overwritten, or may do so. */
    boolean isDisowned(LtxFile file) {
        return disowned.contains(file) || undecided.containsKey(file);
    }

    /** Tells whether a file has to be looked into, and came damaged. */
    boolean isUnread(LtxFile file) {
        return unread.contains(file);
    }
}
