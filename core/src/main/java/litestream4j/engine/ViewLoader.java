package litestream4j.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;

/**
 * Makes views: lists, plans, loads the indexes, and puts the pages together. What a moving replica can do to it on
 * the way (a file that vanishes after it was listed, a listing that saw two moments) leads to another try.
 */
final class ViewLoader {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** Listings made before a gap, or a missing state, is believed. */
    private static final int LISTINGS = 3;

    private static final long RELIST_MILLIS = 50;

    /** Numbers of views, unique in the process: SQLite compares them to tell one view from another. */
    private static final AtomicInteger EPOCHS = new AtomicInteger();

    private final Calls calls;
    private final FileLoader loader;
    private final FileTimes times;
    private final Time time;

    /** Files found damaged. A repaired one has another size, time or version, and is looked at again. */
    private final Set<LtxFile> corrupt = ConcurrentHashMap.newKeySet();

    ViewLoader(Calls calls, FileLoader loader, Time time) {
        this.calls = calls;
        this.loader = loader;
        this.times = new FileTimes(calls, loader);
        this.time = time;
    }

    /** Returns the usable files of all levels. */
    List<LtxFile> list() throws IOException {
        List<LtxFile> listed = calls.listAll();
        corrupt.retainAll(listed);
        return listed.stream().filter(file -> !corrupt.contains(file)).toList();
    }

    /**
     * Makes the view of a target.
     *
     * @throws PlanException if the files do not lead there, also after listing again
     * @throws CorruptFileException if a damaged file is in the way
     */
    Loaded load(Target target) throws IOException {
        for (int listing = 1; ; listing++) {
            try {
                return load(target, list());
            } catch (PlanException.Gap | PlanException.NotAvailable | ReplicaException.NotFound e) {
                boolean awaited = target instanceof Target.Latest && e instanceof PlanException.NotAvailable;
                if (listing == LISTINGS || awaited) {
                    throw e;
                }
                LOG.log(System.Logger.Level.DEBUG, "{0}: listing again: {1}", calls.replica(), e.getMessage());
                pause();
            }
        }
    }

    private Loaded load(Target target, List<LtxFile> listed) throws IOException {
        List<LtxFile> usable = listed;
        Map<LtxFile, Instant> known =
                target instanceof Target.Before(Instant instant) ? times.around(listed, instant) : Map.of();
        CorruptFileException damage = null;
        while (true) {
            try {
                RestorePlan plan =
                        RestorePlanner.plan(usable, target, file -> known.getOrDefault(file, file.createdAt()));
                return build(loader.loadAll(plan.files()));
            } catch (CorruptFileException e) {
                damage = e;
                exclude(e);
                usable = usable.stream().filter(file -> !corrupt.contains(file)).toList();
            } catch (PlanException e) {
                if (damage != null) {
                    damage.addSuppressed(e);
                    throw damage;
                }
                throw e;
            }
        }
    }

    /** Leaves a damaged file out of all further plans, until it is replaced. */
    void exclude(CorruptFileException damage) {
        if (corrupt.add(damage.file())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: leaving out a damaged file: {1}",
                    calls.replica(),
                    damage.getMessage());
        }
    }

    /** A view, and the last of the files that it was made from. */
    record Loaded(Snapshot snapshot, SourceFile last) {}

    private static Loaded build(List<SourceFile> files) throws CorruptFileException {
        PageMap pages = PageMap.EMPTY;
        for (SourceFile file : files) {
            pages = apply(pages, files.getFirst(), file);
        }
        return new Loaded(snapshot(pages, files.getLast()), files.getLast());
    }

    /**
     * Makes the view that follows another one.
     *
     * @param files in order; the first may follow the view, see {@link RestorePlanner#chain}
     */
    static Snapshot extend(Snapshot view, List<SourceFile> files) throws CorruptFileException {
        PageMap pages = view.pages();
        for (SourceFile file : files) {
            checkPageSize(view.pageSize().bytes(), file);
            pages = pages.apply(file);
        }
        return snapshot(pages, files.getLast());
    }

    private static PageMap apply(PageMap pages, SourceFile first, SourceFile file) throws CorruptFileException {
        checkPageSize(first.pageSize().bytes(), file);
        return pages.apply(file);
    }

    private static void checkPageSize(int expected, SourceFile file) throws CorruptFileException {
        if (file.pageSize().bytes() != expected) {
            throw new CorruptFileException(
                    file.file,
                    new LtxFormatException(
                            file.label(),
                            8,
                            "page size",
                            expected,
                            file.pageSize().bytes()));
        }
    }

    private static Snapshot snapshot(PageMap pages, SourceFile last) {
        return new Snapshot(last.txid(), last.pageSize(), last.timestamp(), EPOCHS.incrementAndGet(), pages);
    }

    /**
     * Finds other places for the pages of a view, after one of its files disappeared or proved damaged.
     *
     * @throws ViewLostException if the files that are left do not lead to its transaction
     */
    void relocate(Snapshot view, IOException because) throws IOException {
        try {
            Loaded elsewhere = load(new Target.AtTxid(view.txid()));
            if (!elsewhere.snapshot().commit().equals(view.commit())
                    || !elsewhere.snapshot().pageSize().equals(view.pageSize())) {
                throw new ViewLostException(view.txid(), because);
            }
            view.relocate(elsewhere.snapshot().pages());
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0}: found other files for txid {1}: {2}",
                    calls.replica(),
                    view.txid(),
                    because.getMessage());
        } catch (PlanException e) {
            because.addSuppressed(e);
            throw new ViewLostException(view.txid(), because);
        }
    }

    /**
     * Tells whether a listing belongs to another history than the files that were loaded: one of them was replaced
     * under its name.
     */
    boolean isForked(List<LtxFile> listed) {
        Map<String, LtxFile> byLabel = new HashMap<>();
        for (LtxFile file : listed) {
            byLabel.put(file.label(), file);
        }
        return loader.known().stream().anyMatch(source -> {
            LtxFile now = byLabel.get(source.label());
            return now != null && !now.equals(source.file);
        });
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
