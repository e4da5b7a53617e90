package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way of looking at a replica: which view it has now, and whether that is the newest or one of the
 * past. Used by one thread at a time, as SQLite uses a file.
 */
public final class Reader implements AutoCloseable {
    /** As much as a stream of 80 MB/s brings in the 20 ms that a request takes, and some more. */
    private static final int AHEAD_MAX_BYTES = 2 * 1024 * 1024;

    private final Engines.Lease lease;
    private final ReplicaDatabase database;
    private final Cancellation cancellation;

    /** The view of the running read transaction. */
    private @Nullable Snapshot pinned;

    /** The view of the past that was asked for. */
    private @Nullable Snapshot past;

    /** The oldest view that a transaction may begin with, by the time it was last known to be the newest. */
    private final @Nullable Duration maxLag;

    /** Null where reading ahead saves nothing, or is not wanted. */
    private final @Nullable ReadAhead readAhead;

    private boolean closed;

    Reader(Engines.Lease lease, Cancellation cancellation, Settings settings) {
        this.lease = lease;
        this.database = lease.database();
        this.cancellation = cancellation;
        this.maxLag = settings.maxLag();
        int pages = Math.clamp(AHEAD_MAX_BYTES / database.newest().pageSize().bytes(), 8, 512);
        this.readAhead = settings.readsAhead() && database.isRemote() ? new ReadAhead(pages) : null;
    }

    public ReplicaDatabase database() {
        return database;
    }

    /** Returns the view of the running read transaction, or what one that began now would see. */
    public Snapshot view() {
        if (pinned != null) {
            return pinned;
        }
        return past != null ? past : database.newest();
    }

    public boolean inTransaction() {
        return pinned != null;
    }

    /**
     * Begins a read transaction: the view stays as it is until {@link #end}.
     *
     * @throws StaleException if the replica was not reached for longer than the settings allow
     */
    public void begin() throws IOException {
        if (pinned == null) {
            if (maxLag != null && past == null) {
                database.refresh(maxLag, cancellation);
            }
            pinned = view();
            database.pin();
        }
    }

    /** Ends the read transaction. */
    public void end() {
        if (pinned != null) {
            pinned = null;
            database.unpin();
        }
    }

    /** Returns a page of a view, see {@link ReplicaDatabase#page}; fetches ahead what a scan will want next. */
    public byte[] page(Snapshot view, long pgno) throws IOException {
        byte[] page = database.page(view, pgno, cancellation);
        if (readAhead != null) {
            long[] wanted = readAhead.read(pgno, page, view.commit().pages());
            if (wanted.length > 0) {
                database.fetchAhead(view, wanted);
            }
        }
        return page;
    }

    /** Tells whether the reader looks at a state of the past, and does not move. */
    public boolean isInPast() {
        return past != null;
    }

    /**
     * Looks at a state of the past from now on and without moving.
     *
     * @throws IllegalStateException inside a read transaction
     * @throws PlanException if no files lead there; nothing changes then
     */
    public void lookAt(Target target) throws IOException {
        refuseInTransaction();
        past = database.at(target, cancellation);
    }

    /** Looks at the newest state again. */
    public void lookAtLatest() {
        refuseInTransaction();
        past = null;
    }

    /**
     * Waits until the newest view includes a transaction, for those who know that it was made.
     *
     * @return whether it does; false if the time was over before
     * @throws IllegalStateException inside a read transaction, and while looking at the past
     */
    public boolean awaitTxid(Txid txid, Duration limit) throws IOException {
        refuseInTransaction();
        if (past != null) {
            throw new IllegalStateException("cannot wait for a transaction while litestream_time is set");
        }
        return database.awaitTxid(txid, limit, cancellation);
    }

    private void refuseInTransaction() {
        if (pinned != null) {
            throw new IllegalStateException("cannot change litestream_time inside a transaction");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            end();
            lease.close();
        }
    }
}
