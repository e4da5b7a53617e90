package litestream4j.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way of looking at a replica: which view it has now, and whether that is the newest or one of the
 * past. Used by one thread at a time, as SQLite uses a file.
 */
public final class Reader implements AutoCloseable {
    private final Engines.Lease lease;
    private final ReplicaDatabase database;
    private final Cancellation cancellation;

    /** The view of the running read transaction. */
    private @Nullable Snapshot pinned;

    /** The view of the past that was asked for. */
    private @Nullable Snapshot past;

    private @Nullable Instant target;
    private boolean closed;

    Reader(Engines.Lease lease, Cancellation cancellation) {
        this.lease = lease;
        this.database = lease.database();
        this.cancellation = cancellation;
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

    /** Begins a read transaction: the view stays as it is until {@link #end}. */
    public void begin() {
        if (pinned == null) {
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

    /** Returns a page of a view, see {@link ReplicaDatabase#page}. */
    public byte[] page(Snapshot view, long pgno) throws IOException {
        return database.page(view, pgno, cancellation);
    }

    /** Returns the instant that was set, if the reader looks at the past. */
    public Optional<Instant> target() {
        return Optional.ofNullable(target);
    }

    /**
     * Looks at the newest state made of files stamped strictly before an instant, from now on and without moving.
     *
     * @throws IllegalStateException inside a read transaction
     * @throws PlanException.NotAvailable if no state is that old; nothing changes then
     */
    public void lookBefore(Instant instant) throws IOException {
        refuseInTransaction();
        past = database.before(instant, cancellation);
        target = instant;
    }

    /** Looks at the newest state again. */
    public void lookAtLatest() {
        refuseInTransaction();
        past = null;
        target = null;
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
