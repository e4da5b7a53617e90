package litestream4j.cli.sql;

import java.sql.SQLException;

/** A statement of a script failed. The message shows where; the cause tells why. */
public final class StatementFailure extends Exception {
    private static final long serialVersionUID = 1;

    private static final int EXCERPT_MAX = 40;

    private final SQLException reason;

    /**
     * @param number of the statement in its script, from 1; 0 if it stands alone
     * @param sql the statement
     */
    StatementFailure(int number, String sql, SQLException reason) {
        super((number == 0 ? "" : "statement " + number + ": ") + excerpt(sql), reason);
        this.reason = reason;
    }

    /** Returns why it failed. */
    public SQLException reason() {
        return reason;
    }

    private static String excerpt(String sql) {
        String line = sql.replaceAll("\\s+", " ");
        return line.length() <= EXCERPT_MAX ? line : line.substring(0, EXCERPT_MAX - 3) + "...";
    }
}
