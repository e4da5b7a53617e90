package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a view at the newest transaction. Level 0 holds one transaction a file, so the name of the next one is
 * known: a poll asks for it, and gets the content with the answer. Listings, ten times as dear, are made at longer
 * intervals and on surprise.
 *
 * <p>Not thread-safe: one thread polls. The view is published by {@link ReplicaDatabase}.
 */
final class Follower {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** Taken in between two publications, so that a long way to catch up shows progress. */
    private static final int FILES_PER_POLL_MAX = 256;

    /**
     * A listing tells of what a look for the next file cannot: gaps, other levels, a replica that began again. At
     * 10 times the price of a read, every 15 s adds two thirds to the cost of polling every second.
     */
    private static final Duration LIST_INTERVAL = Duration.ofSeconds(15);

    private static final Duration LIST_INTERVAL_LOCAL = Duration.ofSeconds(2);

    private static final long STALL_LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Calls calls;
    private final FileLoader loader;
    private final ViewLoader views;
    private final Time time;
    private final long listIntervalNanos;

    private Snapshot view;
    private LtxHeader last;
    private long listedAt;
    private boolean surprised;
    private boolean stalled;
    private long stallLoggedAt;

    Follower(Calls calls, FileLoader loader, ViewLoader views, Time time, ViewLoader.Loaded start) {
        this.calls = calls;
        this.loader = loader;
        this.views = views;
        this.time = time;
        this.listIntervalNanos = (calls.isLocal() ? LIST_INTERVAL_LOCAL : LIST_INTERVAL).toNanos();
        this.view = start.snapshot();
        this.last = start.last().header;
        this.listedAt = time.nanos();
    }

    /** Returns the view that the last poll reached. */
    Snapshot view() {
        return view;
    }

    /** Tells whether transactions are known to exist that cannot be reached. */
    boolean isStalled() {
        return stalled;
    }

    /** Makes the next poll list the replica. */
    void surprise() {
        surprised = true;
    }

    /**
     * Looks for newer transactions and takes them in, all in one step.
     *
     * @return whether the newest transaction that is known of was reached
     */
    boolean poll() throws IOException {
        boolean found = takeNext();
        boolean listingDue = time.nanos() - listedAt >= listIntervalNanos;
        if (surprised || stalled || (!found && listingDue)) {
            surprised = false;
            takeListed();
        }
        return !stalled;
    }

    /** Asks for the files of the next transactions by name. */
    private boolean takeNext() throws IOException {
        List<SourceFile> next = new ArrayList<>();
        LtxHeader before = last;
        while (next.size() < FILES_PER_POLL_MAX) {
            LtxFileName name = LtxFileName.of(before.max().next());
            Optional<Calls.Found> found = calls.find(Level.L0, name, FileLoader.WHOLE_MAX_BYTES);
            if (found.isEmpty()) {
                break;
            }
            SourceFile file = load(found.get());
            if (file == null) {
                break;
            }
            if (!continues(before, file.header)) {
                surprised = true;
                break;
            }
            next.add(file);
            before = file.header;
        }
        if (!next.isEmpty()) {
            advance(next);
        }
        return !next.isEmpty();
    }

    private @Nullable SourceFile load(Calls.Found found) throws IOException {
        try {
            byte[] content = found.content;
            return content == null ? loader.load(found.file) : loader.adopt(found.file, content);
        } catch (CorruptFileException e) {
            // Half an upload, on stores where those can be seen; or damaged for good, and then a higher level
            // may hold its pages some day.
            views.exclude(e);
            surprised = true;
            return null;
        } catch (ReplicaException.NotFound _) {
            surprised = true;
            return null;
        }
    }

    /**
     * Tells whether a file is beyond doubt the next one of the same history: it goes on in the WAL of the primary
     * where the other one ended. If not, a listing has to tell whether the replica was begun again in between.
     */
    private static boolean continues(LtxHeader before, LtxHeader next) {
        return next.walSalt1() == before.walSalt1()
                && next.walSalt2() == before.walSalt2()
                && before.walSize() != 0
                && next.walOffset() == before.walOffset() + before.walSize();
    }

    /** Lists the replica and goes on by whatever leads farther. */
    private void takeListed() throws IOException {
        List<LtxFile> listed = views.list();
        listedAt = time.nanos();
        Txid newest = ViewLoader.newest(listed);
        if (newest.isBefore(view.txid()) || views.isForked(listed)) {
            reset(listed, newest);
            return;
        }
        loader.retain(listed);
        List<LtxFile> chain = RestorePlanner.chain(listed, view.txid());
        try {
            if (!chain.isEmpty()) {
                advance(loader.loadAll(chain));
            }
            if (newest.isAfter(view.txid()) && hasNewerSnapshot(listed)) {
                replace(views.load(Target.LATEST));
            }
        } catch (ReplicaException.NotFound e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0}: a file went while it was read: {1}",
                    calls.replica(),
                    e.getMessage());
            surprised = true;
        } catch (CorruptFileException e) {
            views.exclude(e);
            surprised = true;
        }
        judge(newest);
    }

    private boolean hasNewerSnapshot(List<LtxFile> listed) {
        return listed.stream()
                .anyMatch(file -> file.level().isSnapshot() && file.max().isAfter(view.txid()));
    }

    private void reset(List<LtxFile> listed, Txid newest) throws IOException {
        Txid had = view.txid();
        try {
            ViewLoader.Loaded fresh = views.load(Target.LATEST);
            replace(fresh);
            stalled = false;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: the replica was begun again: it was at txid {1}, is now at {2}; switched over",
                    calls.replica(),
                    had,
                    fresh.snapshot().txid());
        } catch (PlanException e) {
            stalled = true;
            logStall("the replica went back from txid %s to %s (%d files) and cannot be read: %s"
                    .formatted(had, newest, listed.size(), e.getMessage()));
        }
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
        view = ViewLoader.extend(view, files);
        last = files.getLast().header;
    }

    private void replace(ViewLoader.Loaded fresh) {
        view = fresh.snapshot();
        last = fresh.last().header;
    }
}
