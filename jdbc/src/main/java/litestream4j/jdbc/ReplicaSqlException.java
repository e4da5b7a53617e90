package litestream4j.jdbc;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * With a SQLState, by which pools and libraries tell failures apart, and which sqlite-jdbc leaves out. The states are
 * those of PostgreSQL where the standard names none. Class 08 is for opening only: pools drop a connection that fails
 * with it, and an open one is never beyond help.
 */
final class ReplicaSqlException extends SQLiteException {
    static final String NO_CONNECTION = "08001";
    static final String READ_ONLY = "25006";
    static final String OUT_OF_MEMORY = "53200";
    static final String CANCELLED = "57014";
    static final String IO_ERROR = "58030";
    static final String CORRUPT = "XX001";

    private static final long serialVersionUID = 1;

    private final String state;

    ReplicaSqlException(@Nullable String message, SQLiteErrorCode code, String state) {
        super(message, code);
        this.state = state;
    }

    @Override
    public String getSQLState() {
        return state;
    }
}
