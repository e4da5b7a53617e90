package litestream4j.sqlite;

/** A PRAGMA or an SQL function was used wrongly, or cannot be answered. The message is the one that the user sees. */
final class StatementException extends Exception {
    private static final long serialVersionUID = 1;

    StatementException(String message) {
        super(message);
    }

    StatementException(String message, Throwable cause) {
        super(message, cause);
    }
}
