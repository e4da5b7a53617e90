package litestream4j.jdbc;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Optional;
import litestream4j.sqlite.Failures;
import litestream4j.sqlite.SqliteVfs;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Gives an exception of sqlite-jdbc the reason that SQLite could not pass on: a VFS hands it a number. The code stays
 * as it is, and the exception of sqlite-jdbc becomes the cause, whose own cause is the failure in the engine.
 */
final class Reasons {
    private Reasons() {}

    /** Returns the exception to throw in place of one that a call on this thread has just thrown. */
    static SQLException explain(SQLException failure) {
        if (failure instanceof BatchUpdateException batch && batch.getCause() instanceof SQLException entry) {
            return renamed(batch, explain(entry));
        }
        if (!(failure instanceof SQLiteException ofSqlite)) {
            return failure;
        }
        SQLiteErrorCode code = ofSqlite.getResultCode();
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
            case SQLITE_READONLY -> renamed(SqliteVfs.READ_ONLY, failure, code);
            case SQLITE_IOERR, SQLITE_NOMEM, SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_INTERRUPT, SQLITE_NOTADB ->
                withReason(failure, code);
            default -> failure;
        };
    }

    private static SQLException withReason(SQLException failure, SQLiteErrorCode code) {
        Optional<Throwable> reason = Failures.take();
        if (reason.isEmpty()) {
            return failure;
        }
        if (failure.getCause() == null) {
            failure.initCause(reason.get());
        }
        return renamed("%s [%s]".formatted(Failures.describe(reason.get()), code.name()), failure, code);
    }

    private static SQLException renamed(String message, SQLException failure, SQLiteErrorCode code) {
        SQLException renamed = new SQLiteException(message, code);
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
