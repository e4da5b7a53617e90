package litestream4j.sqlite;

import java.io.IOException;
import java.util.Map;
import litestream4j.engine.Reader;
import litestream4j.engine.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * One main database that SQLite has open. SQLite calls it from one thread at a time; what it sees of other threads
 * comes through the engine's snapshots.
 */
final class OpenFile {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** Lock levels of SQLite. */
    private static final int NONE = 0;

    private static final int SHARED = 1;

    private final String name;
    private final Reader reader;
    private final Statements statements;
    private final HistoryTable history;
    private int lock = NONE;
    private boolean refusedWrite;

    /** The first page fitted to the view it belongs to: SQLite reads a part of it in every transaction. */
    private @Nullable Snapshot pageOneView;

    private byte @Nullable [] pageOne;

    private final SchemaVersion schemaVersion = new SchemaVersion();

    private String lastError = "";

    OpenFile(String name, Reader reader) {
        this.name = name;
        this.reader = reader;
        this.statements = new Statements(reader);
        this.history = new HistoryTable(reader);
    }

    String name() {
        return name;
    }

    Statements statements() {
        return statements;
    }

    HistoryTable history() {
        return history;
    }

    /**
     * Looks at the state that the URI names by {@code time} or {@code txid}, if it does.
     *
     * @throws IOException if it names none, two, or one that cannot be had
     */
    void lookAt(Map<String, String> parameters) throws IOException {
        String time = parameters.getOrDefault("litestream_time", parameters.getOrDefault("time", ""));
        String txid = parameters.getOrDefault("litestream_txid", parameters.getOrDefault("txid", ""));
        if (!time.isEmpty() && !txid.isEmpty()) {
            throw new IOException("cannot specify both time and txid in the database URI");
        }
        try {
            if (!time.isEmpty()) {
                statements.setTime(time);
            } else if (!txid.isEmpty()) {
                statements.setTxid(txid);
            }
        } catch (StatementException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Returns the size of the database as it is in the present view, in bytes. */
    long size() {
        Snapshot view = reader.view();
        return view.commit().bytes(view.pageSize());
    }

    /**
     * Copies bytes of the database to SQLite.
     *
     * @param buffer address of room for {@code amount} bytes
     * @return {@link ResultCode#IOERR_SHORT_READ} if the range goes beyond the end; the rest is zeros then, as SQLite
     *     demands
     */
    ResultCode read(long buffer, int amount, long offset) throws IOException {
        Snapshot view = reader.view();
        int pageBytes = view.pageSize().bytes();
        long end = Math.min(offset + amount, view.commit().bytes(view.pageSize()));
        long at = offset;
        while (at < end) {
            byte[] page = page(view, view.pageSize().pageAt(at));
            int from = (int) (at % pageBytes);
            int length = (int) Math.min(pageBytes - from, end - at);
            NativeMemory.copy(page, from, buffer + (at - offset), length);
            at += length;
        }
        if (at < offset + amount) {
            NativeMemory.zero(buffer + (at - offset), offset + amount - at);
            return ResultCode.IOERR_SHORT_READ;
        }
        return ResultCode.OK;
    }

    private byte[] page(Snapshot view, long pgno) throws IOException {
        if (pgno != 1) {
            return reader.page(view, pgno);
        }
        byte[] fitted = pageOne;
        if (fitted == null || pageOneView != view) {
            byte[] page = reader.page(view, 1);
            fitted = PageOne.of(page, view, schemaVersion.next(page, view.era()));
            pageOne = fitted;
            pageOneView = view;
        }
        return fitted;
    }

    /** SHARED pins the view for the read transaction; more would be the beginning of a write. */
    ResultCode lock(int level) throws IOException {
        if (level < lock) {
            return fail(ResultCode.ERROR, "lock from level " + lock + " down to " + level);
        }
        if (level > SHARED) {
            return refuseWrite();
        }
        if (level == SHARED) {
            reader.begin();
        }
        lock = level;
        return ResultCode.OK;
    }

    ResultCode unlock(int level) {
        if (level > SHARED) {
            return fail(ResultCode.ERROR, "unlock to level " + level);
        }
        if (level == NONE) {
            reader.end();
        }
        lock = Math.min(lock, level);
        return ResultCode.OK;
    }

    ResultCode refuseWrite() {
        if (!refusedWrite) {
            refusedWrite = true;
            LOG.log(System.Logger.Level.INFO, "{0}: {1}", name, ReadOnlyException.TEXT);
        }
        return fail(ResultCode.READONLY, ReadOnlyException.TEXT);
    }

    ResultCode fail(ResultCode code, String reason) {
        lastError = reason;
        return code;
    }

    /** Returns the reason of the last failure, once; empty if there was none since. */
    String takeLastError() {
        String error = lastError;
        lastError = "";
        return error;
    }

    /** Gives back memory that can be had again from the store. */
    void relieve() {
        reader.relieve();
    }

    void close() {
        reader.close();
    }
}
