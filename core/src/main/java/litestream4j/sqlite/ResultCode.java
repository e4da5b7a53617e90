package litestream4j.sqlite;

import litestream4j.engine.CorruptFileException;
import litestream4j.engine.MissingPageException;
import litestream4j.engine.PlanException;
import litestream4j.engine.StaleException;
import litestream4j.engine.ViewLostException;
import litestream4j.ltx.LtxFormatException;
import litestream4j.replica.ReplicaException;

/**
 * SQLite's result codes, as far as they are used.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result and error codes</a>
 */
public enum ResultCode {
    OK(0),
    ERROR(1),
    READONLY(8),
    INTERRUPT(9),
    CORRUPT(11),
    NOTFOUND(12),
    CANTOPEN(14),
    IOERR_READ(266),
    IOERR_SHORT_READ(522),
    IOERR_NOMEM(3082),
    IOERR_LOCK(3850),
    IOERR_AUTH(7178),
    IOERR_DATA(8202);

    final int value;

    ResultCode(int value) {
        this.value = value;
    }

    /** The one place where a failure becomes a code. */
    static ResultCode of(Throwable failure) {
        return switch (failure) {
            case ReplicaException e ->
                switch (e) {
                    case ReplicaException.NotFound _ -> IOERR_READ;
                    // Not BUSY: that would set the caller's busy handler spinning on a dead network.
                    case ReplicaException.Unavailable _ -> IOERR_READ;
                    case ReplicaException.Denied _ -> IOERR_AUTH;
                    case ReplicaException.Interrupted _ -> INTERRUPT;
                };
            case ReadOnlyException _ -> READONLY;
            case ViewLostException _ -> IOERR_READ;
            case StaleException _ -> IOERR_LOCK;
            case CorruptFileException _, LtxFormatException _ -> IOERR_DATA;
            case MissingPageException _ -> CORRUPT;
            case PlanException _ -> IOERR_READ;
            case OutOfMemoryError _ -> IOERR_NOMEM;
            default -> IOERR_READ;
        };
    }
}
