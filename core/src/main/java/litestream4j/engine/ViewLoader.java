package litestream4j.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Makes views: lists, plans, loads the indexes, and puts the pages together. What a moving replica can do to it on
 * the way (a file that vanishes after it was listed, a listing that saw two moments) leads to another try.
 *
 * <p>A replica can be begun again, or go on from an earlier transaction under the same names, and no file says to
 * which history it belongs. What does: files that were there at one moment belong together. So the files of a view
 * must be seen to have stood side by side: read after they were listed, or all listed once more, or all next to the
 * anchor, which is the last file of the newest view. A file is named with its version, and versions never come again,
 * so a file that was there before and after was there all the time.
 */
final class ViewLoader {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** Listings made before a gap, or a missing state, is believed. */
    private static final int LISTINGS = 3;

    private static final long RELIST_MILLIS = 50;

    /** What was damaged on the way, and not on the store, is whole the next time. */
    private static final long DAMAGED_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Numbers of views, unique in the process: SQLite compares them to tell one view from another. */
    private static final AtomicInteger EPOCHS = new AtomicInteger();

    private final Calls calls;
    private final FileLoader loader;
    private final FileFacts facts;
    private final FileTimes times;
    private final Overwriting overwriting;
    private final Time time;

    /** Files found damaged, and when to look at them again. A repaired one has another size or version. */
    private final Map<LtxFile, Long> damaged = new ConcurrentHashMap<>();

    private final AtomicInteger lineages = new AtomicInteger();
    private volatile @Nullable Snapshot anchor;

    private volatile @Nullable Consumer<SourceFile> firstListener;

    ViewLoader(Calls calls, FileLoader loader, Time time) {
        this.calls = calls;
        this.loader = loader;
        this.facts = new FileFacts(loader);
        this.times = new FileTimes(calls, facts);
        this.overwriting = new Overwriting(loader, calls.replica());
        this.time = time;
    }

    /**
     * Sets who is told of the first file of a plan when its index is here, mostly while others are still on their way.
     * Some pages in it are older than those of the view to come.
     *
     * @param listener returns at once; or null
     */
    void onFirst(@Nullable Consumer<SourceFile> listener) {
        firstListener = listener;
    }

    private void firstIsHere(SourceFile first) {
        Consumer<SourceFile> listener = firstListener;
        if (listener == null || first.file.size() <= FileLoader.WHOLE_MAX_BYTES) {
            return;
        }
        try {
            listener.accept(first);
        } catch (RuntimeException | OutOfMemoryError e) { // As when there can be no more threads.
            LOG.log(System.Logger.Level.DEBUG, () -> calls.replica() + ": nothing is loaded early: " + e.getMessage());
        }
    }

    /** Makes a view's last file the one that tells whether the replica still has the history that is followed. */
    void anchor(Snapshot newest) {
        if (anchor == null) {
            overwriting.opened(newest);
        }
        anchor = newest;
    }

    /** Returns the files of all levels, damaged ones as well, but not those of a history that is being overwritten. */
    List<LtxFile> list() throws IOException {
        for (int listing = 1; ; listing++) {
            try {
                return listOnce();
            } catch (ReplicaException.NotFound e) { // Of a file that was to be looked into: the listing is old by now.
                againAfter(e, listing == LISTINGS);
            }
        }
    }

    private List<LtxFile> listOnce() throws IOException {
        Snapshot newest = anchor;
        List<LtxFile> listed = calls.listAll();
        damaged.keySet().retainAll(listed);
        overwriting.look(listed, newest);
        return listed.stream().filter(file -> !isDisowned(file)).toList();
    }

    /** Lists the replica's files, for somebody who wants to know what there is. */
    ReplicaFiles files(Cancellation cancellation) throws IOException {
        List<LtxFile> listed = calls.await(this::list, cancellation);
        facts.retain(listed);
        return new ReplicaFiles(listed, facts, calls, cancellation);
    }

    /** Returns the listed files without those that were found damaged a short while ago. */
    List<LtxFile> usable(List<LtxFile> listed) {
        long now = time.nanos();
        return listed.stream()
                .filter(file -> !overwriting.isUnread(file))
                .filter(file -> {
                    Long until = damaged.get(file);
                    return until == null || now - until >= 0;
                })
                .toList();
    }

    /**
     * Makes the view of a target.
     *
     * @throws PlanException if the files do not lead there, also after listing again
     * @throws CorruptFileException if a damaged file is in the way
     */
    Snapshot load(Target target) throws IOException {
        return load(target, null);
    }

    /** @param gone a file to do without if others lead there, since it could not be found */
    Snapshot load(Target target, @Nullable LtxFile gone) throws IOException {
        for (int listing = 1; ; listing++) {
            try {
                return loadOnce(target, gone);
            } catch (PlanException.Gap | PlanException.NotAvailable | ReplicaException.NotFound e) {
                boolean awaited = target instanceof Target.Latest && e instanceof PlanException.NotAvailable;
                againAfter(e, listing == LISTINGS || awaited);
            }
        }
    }

    /** Waits before another listing, or fails if there is not to be one. */
    private <E extends IOException> void againAfter(E failure, boolean isFinal) throws E, ReplicaException {
        if (isFinal) {
            throw failure;
        }
        LOG.log(System.Logger.Level.DEBUG, "{0}: listing again: {1}", calls.replica(), failure.getMessage());
        pause();
    }

    private Snapshot loadOnce(Target target, @Nullable LtxFile gone) throws IOException {
        Snapshot anchored = anchor;
        List<LtxFile> listed = list();
        CorruptFileException damage = null;
        while (true) {
            try {
                RestorePlan plan = plan(usable(listed), target, gone);
                boolean allRead = plan.files().stream().noneMatch(loader::isKnown);
                List<SourceFile> files = loader.loadAll(plan.files(), this::firstIsHere);
                boolean vouches = anchored != null && listed.contains(anchored.last().file);
                Snapshot view = build(files, confirm(plan, vouches ? anchored : null, allRead));
                if (target instanceof Target.Before(Instant wanted)) {
                    logIfApproximate(view, listed, wanted);
                }
                return view;
            } catch (CorruptFileException e) {
                damage = e;
                exclude(e);
            } catch (PlanException e) {
                throw damage == null ? e : because(damage, target, e);
            }
        }
    }

    /** Says that a view may be older than what was wanted: the next transactions are in one file with later ones. */
    private void logIfApproximate(Snapshot view, List<LtxFile> listed, Instant wanted) {
        Txid next = view.txid().next();
        boolean nextIsKnown = listed.stream().anyMatch(file -> file.max().equals(next));
        if (!nextIsKnown && newest(listed).isAfter(next)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: wanted the state before {1}, showing txid {2} of {3}: the transactions after it are merged"
                            + " with later ones",
                    calls.replica(),
                    wanted,
                    view.txid(),
                    view.timestamp());
        }
    }

    /** Says that damage is why there is no plan; a first file that is still being uploaded is not there yet. */
    private static IOException because(CorruptFileException damage, Target target, PlanException failure) {
        if (target instanceof Target.Latest && failure instanceof PlanException.NotAvailable) {
            return new PlanException.NotAvailable(damage);
        }
        damage.addSuppressed(failure);
        return damage;
    }

    private RestorePlan plan(List<LtxFile> files, Target target, @Nullable LtxFile gone) throws IOException {
        Map<LtxFile, Instant> known =
                target instanceof Target.Before(Instant instant) ? times.around(files, instant) : Map.of();
        if (gone != null) {
            try {
                List<LtxFile> others =
                        files.stream().filter(file -> !file.equals(gone)).toList();
                return RestorePlanner.plan(others, target);
            } catch (PlanException _) {
                // If it is still listed, it may be found the next time.
            }
        }
        return RestorePlanner.plan(files, target, file -> known.getOrDefault(file, file.createdAt()));
    }

    /**
     * Makes sure that the files of a plan stood side by side.
     *
     * @param anchored the anchor as it was before they were listed, if it was listed too
     * @param allRead whether all of them were read after they were listed
     * @return the lineage of the anchor if it vouches for the whole plan, else a new one
     * @throws ReplicaException.NotFound if one of them was gone before another one came
     */
    private int confirm(RestorePlan plan, @Nullable Snapshot anchored, boolean allRead) throws IOException {
        if (anchored != null && isThere(anchored.last())) {
            return plan.txid().isAfter(anchored.txid()) ? newLineage() : anchored.lineage();
        }
        if (!allRead && !new HashSet<>(list()).containsAll(plan.files())) {
            throw new ReplicaException.NotFound(calls.replica() + ": files went while others were listed");
        }
        return newLineage();
    }

    /** Tells whether a file is on the replica as it was when it was loaded. */
    boolean isThere(SourceFile file) throws IOException {
        if (isDisowned(file.file)) {
            return false;
        }
        try {
            calls.read(file.file, 0, 1);
            return true;
        } catch (ReplicaException.NotFound _) {
            return false;
        }
    }

    /** Takes note of files that were found by name, and extend the newest view. */
    void taken(List<SourceFile> files) {
        overwriting.taken(files);
    }

    /** Tells whether a file belongs to a history that is being overwritten. */
    boolean isDisowned(LtxFile file) {
        return overwriting.isDisowned(file);
    }

    /** Leaves a damaged file out of plans for a while, or until it is replaced. */
    void exclude(CorruptFileException damage) {
        if (damaged.put(damage.file(), time.nanos() + DAMAGED_NANOS) == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: leaving out a damaged file: {1}",
                    calls.replica(),
                    damage.getMessage());
        }
    }

    /**
     * Puts a view together.
     *
     * @param files of a plan, in order; not empty
     */
    static Snapshot build(List<SourceFile> files, int lineage) throws CorruptFileException {
        int epoch = EPOCHS.incrementAndGet();
        return apply(PageMap.EMPTY, files.getFirst().pageSize().bytes(), files, lineage, epoch, epoch);
    }

    /**
     * Makes the view that follows another one.
     *
     * @param files in order; the first may follow the view, see {@link RestorePlanner#chain}
     */
    static Snapshot extend(Snapshot view, List<SourceFile> files) throws CorruptFileException {
        int epoch = EPOCHS.incrementAndGet();
        int era = files.stream().anyMatch(ViewLoader::holdsAllPages) ? epoch : view.era();
        return apply(view.pages(), view.pageSize().bytes(), files, view.lineage(), epoch, era);
    }

    /** Also of a database with a lock page, which no file holds. */
    private static boolean holdsAllPages(SourceFile file) {
        return file.index.size() >= file.commit().pages() - 1;
    }

    private static Snapshot apply(PageMap base, int pageBytes, List<SourceFile> files, int lineage, int epoch, int era)
            throws CorruptFileException {
        for (SourceFile file : files) {
            if (file.pageSize().bytes() != pageBytes) {
                throw new CorruptFileException(
                        file.file,
                        new LtxFormatException(
                                file.label(),
                                8,
                                "page size",
                                pageBytes,
                                file.pageSize().bytes()));
            }
        }
        return new Snapshot(files.getLast(), lineage, epoch, era, base.applyAll(files));
    }

    /** Returns the number of a history that no view is of yet. */
    int newLineage() {
        return lineages.incrementAndGet();
    }

    /** Returns the last transaction that a listing shows. */
    static Txid newest(List<LtxFile> listed) {
        return listed.stream().map(LtxFile::max).max(Txid::compareTo).orElse(Txid.NONE);
    }

    private void pause() throws ReplicaException {
        try {
            time.sleep(RELIST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(calls.replica() + ": interrupted before listing again", e);
        }
    }
}
