package litestream4j.cli;

/** The command line cannot be meant as it is. The message names cause and way out. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
