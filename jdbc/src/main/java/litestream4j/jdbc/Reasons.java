package litestream4j.jdbc;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Optional;
import litestream4j.sqlite.Failures;
import litestream4j.sqlite.SqliteVfs;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Gives an exception of sqlite-jdbc the reason that SQLite could not pass on: a VFS hands it a number. The code stays
 * as it is, and the exception of sqlite-jdbc becomes the cause, whose own cause is the failure in the engine.
 */
final class Reasons {
    private Reasons() {}

    /** Returns the exception to throw in place of one that opening a connection on this thread has just thrown. */
    static SQLException explainOpening(SQLException failure) {
        return failure instanceof SQLiteException ofSqlite
                        && baseOf(ofSqlite.getResultCode()) == SQLiteErrorCode.SQLITE_CANTOPEN
                ? withReason(failure, ofSqlite.getResultCode(), ReplicaSqlException.NO_CONNECTION)
                : explain(failure);
    }

    /** Returns the exception to throw in place of one that a call on this thread has just thrown. */
    static SQLException explain(SQLException failure) {
        if (failure instanceof BatchUpdateException batch && batch.getCause() instanceof SQLException entry) {
            return renamed(batch, explain(entry));
        }
        if (!(failure instanceof SQLiteException ofSqlite)) {
            return failure;
        }
        SQLiteErrorCode code = ofSqlite.getResultCode();
        return switch (baseOf(code)) {
            case SQLITE_READONLY -> renamed(SqliteVfs.READ_ONLY, failure, code, ReplicaSqlException.READ_ONLY);
            case SQLITE_INTERRUPT -> withReason(failure, code, ReplicaSqlException.CANCELLED);
            case SQLITE_IOERR, SQLITE_CANTOPEN -> withReason(failure, code, ReplicaSqlException.IO_ERROR);
            case SQLITE_CORRUPT, SQLITE_NOTADB -> withReason(failure, code, ReplicaSqlException.CORRUPT);
            case SQLITE_NOMEM -> withReason(failure, code, ReplicaSqlException.OUT_OF_MEMORY);
            default -> failure;
        };
    }

    private static SQLiteErrorCode baseOf(SQLiteErrorCode code) {
        return SQLiteErrorCode.getErrorCode(code.code & 0xFF);
    }

    private static SQLException withReason(SQLException failure, SQLiteErrorCode code, String state) {
        Optional<Throwable> reason = Failures.take();
        if (reason.isEmpty()) {
            return renamed(failure.getMessage(), failure, code, state);
        }
        if (failure.getCause() == null) {
            failure.initCause(reason.get());
        }
        return renamed("%s [%s]".formatted(Failures.describe(reason.get()), code.name()), failure, code, state);
    }

    private static SQLException renamed(
            @Nullable String message, SQLException failure, SQLiteErrorCode code, String state) {
        SQLException renamed = new ReplicaSqlException(message, code, state);
        renamed.initCause(failure);
        return renamed;
    }

    private static SQLException renamed(BatchUpdateException batch, SQLException explained) {
        return new BatchUpdateException(
                explained.getMessage(),
                explained.getSQLState(),
                explained.getErrorCode(),
                batch.getLargeUpdateCounts(),
                explained);
    }
}
