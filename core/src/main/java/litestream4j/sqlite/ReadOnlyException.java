package litestream4j.sqlite;

/** Somebody tried to write. */
final class ReadOnlyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The text that users of the Go extension know. */
    static final String TEXT = "litestream is a read only vfs";

    ReadOnlyException() {
        super(TEXT);
    }
}
