package litestream4j.engine;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of views whose files went: they move to other files that hold the same, or what a new reader would see
 * takes their place. Moves are for all threads; a view's place is filled by the thread that polls.
 */
final class LostViews {
    /** An integrity check goes on after a page that it cannot read, and each search is three listings. */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final System.Logger LOG = System.getLogger("litestream4j");

    private final Calls calls;
    private final FileLoader loader;
    private final ViewLoader views;
    private final SamePages samePages;
    private final Time time;

    /** When the replica was planned anew for a view that was lost, by the monotonic clock. */
    private @Nullable Long replannedAt;

    LostViews(Calls calls, FileLoader loader, ViewLoader views, PageFetcher fetcher, Time time) {
        this.calls = calls;
        this.loader = loader;
        this.views = views;
        this.samePages = new SamePages(fetcher);
        this.time = time;
    }

    /**
     * Finds other places for the pages of a view, after one of its files disappeared or proved damaged.
     *
     * @param gone the file
     * @throws ViewLostException if the files that are left do not lead to its transaction, or may be of another
     *     history
     */
    void relocate(Snapshot view, LtxFile gone, IOException because) throws IOException {
        boolean isSame;
        try {
            isSame = moveTo(view, views.load(new Target.AtTxid(view.txid()), gone));
        } catch (PlanException | CorruptFileException | ReplicaException.NotFound e) {
            because.addSuppressed(e);
            isSame = false;
        }
        if (!isSame) {
            view.soughtInVain(time.nanos());
            throw lost(view, because);
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "{0}: found other files for txid {1}: {2}",
                calls.replica(),
                view.txid(),
                because.getMessage());
    }

    /** Moves a view to the files that a plan for its transaction takes now, fewer and all there, if there is one. */
    void merge(Snapshot view) throws IOException {
        try {
            moveTo(view, views.load(new Target.AtTxid(view.txid())));
        } catch (PlanException | CorruptFileException | ReplicaException.NotFound e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0}: keeping the places of txid {1}: {2}",
                    calls.replica(),
                    view.txid(),
                    e.getMessage());
        }
    }

    /** Moves a view to where another one lies, unless that may hold something else; returns whether it did. */
    private boolean moveTo(Snapshot view, Snapshot elsewhere) throws IOException {
        boolean isSame = view.isSameAs(elsewhere) && samePages.mayBeSame(view, elsewhere);
        if (isSame) {
            view.relocate(elsewhere.pages());
        }
        return isSame;
    }

    /** Tells whether it is time to look for what is in a lost view's place: that reads all files anew. */
    boolean mayReplace() {
        return replannedAt == null || time.nanos() - replannedAt >= PAUSE_NANOS;
    }

    /**
     * Returns what somebody would see who opens the replica now, where a view cannot be read any more: its last file is
     * still there, but others went, and nothing farther need ever come. So it is where a database was changed offline,
     * and has a snapshot under the number that the old one ended with.
     *
     * @param files those listed that can be used; the lost view's last file is among them
     * @return the lost view if that is the same, which can be read again then; null if there is nothing as new
     */
    @Nullable Snapshot instead(Snapshot lost, List<LtxFile> files) throws IOException {
        RestorePlan plan;
        try {
            plan = RestorePlanner.plan(files, Target.LATEST);
        } catch (PlanException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0}: nothing takes the place of txid {1}: {2}",
                    calls.replica(),
                    lost.txid(),
                    e.getMessage());
            return null;
        }
        if (plan.txid().isBefore(lost.txid())) {
            return null; // The view's last file came damaged, and may come whole yet.
        }
        replannedAt = time.nanos();
        loader.retain(List.of()); // So that all are read after they were listed, and stood side by side then.
        // A number alone does not make it one history with the lost one: a snapshot may be of another database.
        Snapshot found = ViewLoader.build(loader.loadAll(plan.files()), views.newLineage());
        if (lost.isSameAs(found) || endsAlike(lost, found)) {
            lost.relocate(found.pages());
            lost.setLost(false);
            return lost;
        }
        return found;
    }

    private static boolean endsAlike(Snapshot view, Snapshot other) {
        return view.last().file.equals(other.last().file) && view.commit().equals(other.commit());
    }

    /** Takes note that a view is lost, and returns what to throw. */
    static ViewLostException lost(Snapshot view, IOException because) {
        view.setLost(true);
        return new ViewLostException(view.txid(), because);
    }
}
