package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import litestream4j.btree.ReadAhead;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way of looking at a replica: which view it has now, and whether that is the newest or one of the
 * past. Used by one thread at a time, as SQLite uses a file.
 */
public final class Reader implements AutoCloseable {
    /** Of pages of 64 KiB, and of 512 bytes. */
    private static final int AHEAD_MIN_PAGES = 8;

    private static final int AHEAD_MAX_PAGES = 4096;

    private final ReplicaDatabase database;
    private final Runnable release;
    private final Cancellation cancellation;

    /** The view of the running read transaction, and that of the past that was asked for. */
    private final ViewsInUse.Holder held;

    /** What the view of the past was asked for by. */
    private @Nullable Target target;

    /** The view of the past cannot be read any more, but another one may be there for its target. */
    private boolean pastLost;

    /** The oldest view that a transaction may begin with, by the time it was last known to be the newest. */
    private final @Nullable Duration maxLag;

    private final Askers.Asker asker;

    /** Null where reading ahead saves nothing, or is not wanted. */
    private final @Nullable ReadAhead readAhead;

    /** The view of the page that is being read. */
    private @Nullable Snapshot peeked;

    /** The page that is being read, and the one looked at to tell what comes next. */
    private byte[] page = {};

    private byte[] glimpse = {};

    private boolean closed;

    /** @param release run once, when the reader is closed */
    Reader(ReplicaDatabase database, Runnable release, Cancellation cancellation, Settings settings) {
        this.database = database;
        this.release = release;
        this.cancellation = cancellation;
        this.maxLag = settings.maxLag();
        this.asker = database.pages().askers().new Asker();
        this.readAhead =
                settings.readsAhead() && database.isRemote() ? new ReadAhead(this::pagesAhead, this::peek) : null;
        this.held = database.inUse().enter();
    }

    public ReplicaDatabase database() {
        return database;
    }

    /** Returns the view of the running read transaction, or what one that began now would see. */
    public Snapshot view() {
        Snapshot pinned = held.pinned();
        if (pinned != null) {
            return pinned;
        }
        Snapshot past = held.past();
        return past != null ? past : database.newest();
    }

    public boolean inTransaction() {
        return held.pinned() != null;
    }

    /**
     * Begins a read transaction: the view stays as it is until {@link #end}.
     *
     * @throws StaleException if the replica was not reached for longer than the settings allow
     * @throws PlanException if the view of the past was lost, and there is no other one for its target
     */
    public void begin() throws IOException {
        if (!inTransaction()) {
            if (pastLost && target != null) {
                lookAt(target);
            }
            if (!isInPast()) {
                database.waits().replaceLost(cancellation);
            }
            if (maxLag != null && !isInPast()) {
                database.waits().refresh(maxLag, cancellation);
            }
            held.pin(view());
        }
    }

    /** Ends the read transaction. */
    public void end() {
        peeked = null; // An idle connection holds on to no view.
        asker.end();
        if (inTransaction()) {
            held.pin(null);
        }
    }

    /**
     * Returns a page of a view, see {@link ReplicaDatabase#page}; fetches ahead what a query will want next.
     *
     * @return the page; the array serves the next one as well
     */
    public byte[] page(Snapshot view, long pgno) throws IOException {
        page = fitted(page, view);
        if (readAhead == null) {
            demand(view, pgno);
            return page;
        }
        peeked = view;
        if (!database.pages().inMemory(view, pgno, page)) {
            boolean isComing = database.pages().isComing(view, pgno);
            // Another reader may have taken it over in between.
            if (isComing || !database.pages().inMemory(view, pgno, page)) {
                fetchAhead(view, readAhead.approach(pgno, view.commit().pages(), isComing));
                demand(view, pgno);
            }
        }
        fetchAhead(view, readAhead.read(pgno, page, view.commit().pages()));
        return page;
    }

    private int pagesAhead() {
        int pageBytes = database.newest().pageSize().bytes();
        return Math.clamp(database.pages().askers().shareBytes() / pageBytes, AHEAD_MIN_PAGES, AHEAD_MAX_PAGES);
    }

    private static byte[] fitted(byte[] page, Snapshot view) {
        return page.length == view.pageSize().bytes()
                ? page
                : new byte[view.pageSize().bytes()];
    }

    private void fetchAhead(Snapshot view, long[] wanted) {
        if (wanted.length > 0) {
            if (inTransaction()) {
                asker.begin();
            }
            database.pages().fetchAhead(view, wanted, asker);
        }
    }

    private byte @Nullable [] peek(long pgno) {
        Snapshot view = peeked;
        if (view == null) {
            return null;
        }
        glimpse = fitted(glimpse, view);
        return database.pages().peek(view, pgno, glimpse) ? glimpse : null;
    }

    private void demand(Snapshot view, long pgno) throws IOException {
        try {
            database.read(view, pgno, page, cancellation);
        } catch (ViewLostException e) {
            pastLost |= view == held.past();
            throw e;
        }
    }

    /** Tells whether the reader looks at a state of the past, and does not move. */
    public boolean isInPast() {
        return held.past() != null;
    }

    /**
     * Looks at a state of the past from now on and without moving.
     *
     * @throws IllegalStateException inside a read transaction
     * @throws PlanException if no files lead there; nothing changes then
     */
    public void lookAt(Target wanted) throws IOException {
        refuseInTransaction();
        setPast(database.at(wanted, cancellation));
        target = wanted;
    }

    /** Looks at the newest state again. */
    public void lookAtLatest() {
        refuseInTransaction();
        setPast(null);
        target = null;
    }

    private void setPast(@Nullable Snapshot view) {
        held.lookAt(view);
        pastLost = false;
    }

    /**
     * Waits until the newest view includes a transaction, for those who know that it was made.
     *
     * @return whether it does; false if the time was over before
     * @throws IllegalStateException inside a read transaction, and while looking at the past
     */
    public boolean awaitTxid(Txid txid, Duration limit) throws IOException {
        refuseInTransaction();
        if (isInPast()) {
            throw new IllegalStateException("cannot wait for a transaction while litestream_time is set");
        }
        return database.waits().awaitTxid(txid, limit, cancellation);
    }

    /** Lists the replica's files: all states that there are, whichever one is looked at. Also inside a transaction. */
    public ReplicaFiles files() throws IOException {
        return database.files(cancellation);
    }

    private void refuseInTransaction() {
        if (inTransaction()) {
            throw new IllegalStateException("cannot change litestream_time inside a transaction");
        }
    }

    /** Drops the pages that all readers of this replica share; they are fetched again when they are read. */
    public void relieve() {
        database.dropPages();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            end();
            setPast(null);
            database.inUse().leave(held);
            release.run();
        }
    }
}
