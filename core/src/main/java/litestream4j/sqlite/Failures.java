package litestream4j.sqlite;

import java.io.IOException;
import java.util.Optional;

/**
 * What went wrong in the calls that SQLite made on this thread. SQLite passes on a number; a layer in Java above it
 * finds the reason here.
 */
public final class Failures {
    private static final ThreadLocal<Throwable> LAST = new ThreadLocal<>();

    private Failures() {}

    static void remember(Throwable failure) {
        LAST.set(failure);
    }

    /** Returns the last failure of this thread, and forgets it. */
    public static Optional<Throwable> take() {
        Throwable failure = LAST.get();
        LAST.remove();
        return Optional.ofNullable(failure);
    }

    /** Returns the sentence for people. */
    public static String describe(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof IOException && message != null ? message : failure.toString();
    }
}
