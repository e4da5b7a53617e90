package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a view at the newest transaction. Level 0 holds one transaction a file, so the name of the next one is
 * known: a poll asks for it ({@link NextFiles}), and gets the content with the answer. Listings, ten times as dear, are
 * made at longer intervals and on surprise.
 *
 * <p>Not thread-safe: one thread polls. The view is published by {@link ReplicaDatabase}.
 */
final class Follower {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /**
     * A listing tells of what a look for the next file cannot: gaps, other levels, a replica that began again. At
     * 10 times the price of a read, every 15 s adds two thirds to the cost of polling every second.
     */
    private static final Duration LIST_INTERVAL = Duration.ofSeconds(15);

    private static final Duration LIST_INTERVAL_LOCAL = Duration.ofSeconds(2);

    /**
     * The same while files are found by name. Each of these goes on where the last one ended, and that one was there:
     * so the replica did not begin again, and a listing tells only what can be forgotten.
     */
    private static final Duration LIST_INTERVAL_MAX = Duration.ofMinutes(2);

    /** Memory for files taken one by one, about: some 8000 small transactions. */
    static final long TAKEN_BYTES_MAX = 4 * 1024 * 1024;

    /** As long as this a file that came damaged may come whole yet, and the view need not go back without it. */
    private static final long UNREADABLE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private static final long STALL_LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Calls calls;
    private final FileLoader loader;
    private final ViewLoader views;
    private final LostViews lostViews;
    private final Time time;
    private final ListingSchedule listings;
    private final NextFiles nextFiles;
    private final UploadRhythm rhythm = new UploadRhythm();

    private Snapshot view;
    private boolean stalled;
    private boolean more;

    /** Memory of the files that were taken one by one since the view was last planned as a whole. */
    private long takenBytes;

    private long stallLoggedAt;

    /** Since when the files that lead to the view's transaction cannot be read; null if they can. */
    private @Nullable Moment unreadable;

    /** @param begun when the first view was not loaded yet */
    Follower(
            Calls calls,
            FileLoader loader,
            ViewLoader views,
            LostViews lostViews,
            Time time,
            Snapshot start,
            Moment begun) {
        this.calls = calls;
        this.loader = loader;
        this.views = views;
        this.lostViews = lostViews;
        this.time = time;
        this.listings = calls.isLocal()
                ? new ListingSchedule(time, LIST_INTERVAL_LOCAL, LIST_INTERVAL_LOCAL)
                : new ListingSchedule(time, LIST_INTERVAL, LIST_INTERVAL_MAX);
        this.view = start;
        this.nextFiles = new NextFiles(calls, loader, views, time, begun, rhythm);
        views.anchor(start);
    }

    /** Returns the view that the last poll reached. */
    Snapshot view() {
        return view;
    }

    /** Returns what tells when a poll is worth most. */
    UploadRhythm rhythm() {
        return rhythm;
    }

    /** Tells whether the last poll ended before there was nothing more to take. */
    boolean hasMore() {
        return more;
    }

    /** Makes the next poll list the replica. Safe for all threads. */
    void surprise() {
        listings.surprise();
    }

    /**
     * Looks for newer transactions and takes them in: the next one, then all others in one step.
     *
     * @param progressed told when the view is another one already, and there may be more to come
     * @return whether the newest transaction that is known of was reached
     */
    boolean poll(Runnable progressed) throws IOException {
        try {
            return look(progressed);
        } finally {
            nextFiles.endPoll();
        }
    }

    private boolean look(Runnable progressed) throws IOException {
        Snapshot before = view;
        boolean wasLost = before.isLost(); // Who says so may take it back after a wait that this poll outlasts.
        Moment begun = Moment.now(time);
        nextFiles.beginPoll();
        if (!nextFiles.isRefused() || listings.isPatienceOver()) {
            more = false;
            if (takeNext(1)) {
                progressed.run(); // Whether there are more costs a request, which a reader need not wait for.
                more = takeNext(NextFiles.FILES_MAX);
            }
            if (nextFiles.isRefused()) {
                listings.doubt();
            }
        }
        if (stalled) {
            listings.doubt();
        }
        // Also while each poll finds something: only a listing tells that the replica was begun again, and which
        // files can be forgotten.
        if (listings.isDue() || (listings.isDoubtful() && view != before)) {
            boolean done = false;
            Snapshot named = view;
            listings.begin();
            try {
                takeListed(named.isLost() || (wasLost && named == before));
                done = true;
            } finally {
                if (view != named) {
                    nextFiles.goOnFrom(begun);
                }
                if (!done) {
                    listings.doubt();
                }
                listings.brought(view != before);
            }
        }
        return !stalled && !more && !listings.isDoubtful();
    }

    /** Takes the files of the next transactions that are found by name; tells whether there may be more. */
    private boolean takeNext(int most) throws IOException {
        List<SourceFile> next = new ArrayList<>();
        try {
            return nextFiles.find(view.last(), most, next);
        } finally {
            if (!next.isEmpty()) {
                views.taken(next);
                advance(next);
                if (takenBytes < TAKEN_BYTES_MAX) { // Else there is something that only a listing can mend.
                    listings.progressed();
                }
            }
        }
    }

    /**
     * Lists the replica and goes on by whatever leads farther.
     *
     * @param isLost whether the view was lost before
     */
    private void takeListed(boolean isLost) throws IOException {
        List<LtxFile> listed = views.list();
        Txid newest = ViewLoader.newest(listed);
        boolean lastListed = listed.contains(view.last().file);
        boolean asBefore = lastListed && newest.equals(view.txid()) && !isLost;
        if (!asBefore && !views.isThere(view.last())) {
            // All is read again: of files that are known a listing in parts may show some that went since, and nobody
            // would miss them.
            loader.retain(List.of());
            takeAnew(newest);
            return;
        }
        if (!lastListed) {
            // It is there all the same, so this is a listing of an earlier moment.
            listings.doubt();
            return;
        }
        loader.retain(listed);
        boolean replan = isLost && mayReplaceLost();
        boolean taken = false;
        while (!taken) {
            try {
                List<LtxFile> usable = views.usable(listed);
                if (replan) {
                    replaceLost(usable);
                    replan = false;
                }
                takeFurther(usable);
                more = false;
                taken = true;
            } catch (CorruptFileException e) {
                views.exclude(e);
            } catch (ReplicaException.NotFound e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "{0}: a file went while it was read: {1}",
                        calls.replica(),
                        e.getMessage());
                listings.doubt();
                taken = true;
            }
        }
        judge(newest);
        if (takenBytes >= TAKEN_BYTES_MAX) {
            planAsAWhole();
        }
    }

    /**
     * Moves the view to the merged files that hold the same by now: of the single ones it was made of most are gone
     * from the replica, and their indexes would stay here as long as any page in them is not written again.
     */
    private void planAsAWhole() throws IOException {
        takenBytes = 0;
        lostViews.merge(view);
    }

    /** A store that lists what it does not serve would have all files read again and again. */
    private boolean mayReplaceLost() {
        boolean may = lostViews.mayReplace();
        if (!may) {
            listings.doubt();
        }
        return may;
    }

    private void replaceLost(List<LtxFile> files) throws IOException {
        Snapshot had = view;
        Snapshot fresh = lostViews.instead(had, files);
        if (fresh != null && fresh != had) {
            replace(fresh);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: the state of txid {1} is no longer there, files of another one are in its place; now at"
                            + " txid {2}",
                    calls.replica(),
                    had.txid(),
                    fresh.txid());
        }
    }

    /** Goes on from the view; its last file was there while the files were listed, so they are of its history. */
    private void takeFurther(List<LtxFile> files) throws IOException {
        List<LtxFile> chain = RestorePlanner.chain(files, view.txid());
        if (!chain.isEmpty()) {
            advance(loadPresent(chain));
        }
        Optional<LtxFile> snapshot = RestorePlanner.newestSnapshot(files);
        if (snapshot.isPresent() && snapshot.get().max().isAfter(view.txid())) {
            List<LtxFile> anew = new ArrayList<>(List.of(snapshot.get()));
            anew.addAll(RestorePlanner.chain(files, snapshot.get().max()));
            replace(ViewLoader.build(loadPresent(anew), view.lineage()));
        }
    }

    /**
     * Loads listed files. Those that are known already are not read, and so would not be missed if the listing is of
     * an earlier moment: they may be of a history that was left since. One that was read in this poll was there, but
     * before the listing was made: that will do only where nothing follows it.
     *
     * @throws ReplicaException.NotFound if a file is not there any more
     */
    private List<SourceFile> loadPresent(List<LtxFile> listed) throws IOException {
        List<LtxFile> known = listed.stream()
                .filter(loader::isKnown)
                .filter(file -> !nextFiles.isUnproven(file) || !file.equals(listed.getLast()))
                .toList();
        List<SourceFile> files = loader.loadAll(listed);
        for (SourceFile file : files) {
            if (known.contains(file.file) && !views.isThere(file)) {
                throw new ReplicaException.NotFound(calls.replica() + ": " + file.label() + " is gone, and was listed");
            }
        }
        return files;
    }

    /**
     * Makes a new view: the last file of the old one is gone, so what comes next in the listing need not be of its
     * history. It may be all the same, if the primary deleted files faster than they were followed.
     */
    private void takeAnew(Txid newest) throws IOException {
        Txid had = view.txid();
        Snapshot fresh;
        try {
            fresh = views.load(Target.LATEST);
        } catch (PlanException | CorruptFileException e) {
            stalled = true;
            logStall("the files up to txid %s are gone, the replica is at %s and cannot be read: %s"
                    .formatted(had, newest, e.getMessage()));
            return;
        }
        boolean old =
                fresh.txid().isBefore(had) && !views.isDisowned(view.last().file) && isStillNamed(view.last().file);
        if (old || !views.isThere(fresh.last())) {
            listings.doubt(); // A listing of an earlier moment, and files that are known from then.
            return;
        }
        if (fresh.txid().isBefore(had) && !newest.isBefore(had) && mayBeReadable()) {
            listings.doubt();
            return;
        }
        replace(fresh);
        stalled = false;
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: the file of txid {1} is gone: the replica {2}; now at txid {3}",
                calls.replica(),
                had,
                fresh.txid().isAfter(had)
                        ? "was begun again, or was not followed for longer than it keeps files"
                        : "was begun again",
                fresh.txid());
    }

    /** Tells whether files that are listed, and could not be read, are worth waiting for. */
    private boolean mayBeReadable() {
        if (unreadable == null) {
            unreadable = Moment.now(time);
        }
        return time.nanos() - unreadable.nanos() < UNREADABLE_NANOS;
    }

    /** Tells whether some file ends with the last transaction of a file, where it is known how that is named. */
    private boolean isStillNamed(LtxFile file) throws IOException {
        LtxFileName single = LtxFileName.of(file.max());
        boolean isSingle = file.level().equals(Level.L0) && file.name().equals(single);
        return isStillNamed(file.level(), file.name()) || (!isSingle && isStillNamed(Level.L0, single));
    }

    private boolean isStillNamed(Level level, LtxFileName name) throws IOException {
        return calls.find(level, name, 0)
                .filter(found -> !views.isDisowned(found.file))
                .isPresent();
    }

    private void judge(Txid newest) {
        boolean behind = newest.isAfter(view.txid());
        if (!behind && stalled) {
            LOG.log(System.Logger.Level.INFO, "{0}: caught up, at txid {1}", calls.replica(), view.txid());
        }
        stalled = behind;
        if (behind) {
            logStall("no files lead from txid %s to %s, which is there: waiting for them"
                    .formatted(view.txid(), newest));
        }
    }

    private void logStall(String what) {
        long now = time.nanos();
        if (stallLoggedAt == 0 || now - stallLoggedAt >= STALL_LOG_NANOS) {
            stallLoggedAt = now == 0 ? 1 : now;
            LOG.log(System.Logger.Level.WARNING, "{0}: {1}", calls.replica(), what);
        }
    }

    private void advance(List<SourceFile> files) throws CorruptFileException {
        replace(ViewLoader.extend(view, files));
        for (SourceFile file : files) {
            takenBytes += IndexMemory.bytes(file);
        }
    }

    private void replace(Snapshot next) {
        view = next;
        unreadable = null;
        views.anchor(next);
    }
}
