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
        if (failure instanceof OutOfMemoryError) {
            return "%s: the Java heap of %d MB is full: set a smaller cache_size, or a larger heap (%s)"
                    .formatted(
                            failure,
                            Runtime.getRuntime().maxMemory() >> 20,
                            "-Xmx; LITESTREAM_JVM_OPTIONS=-Xmx256m where the host is no Java program");
        }
        return failure instanceof IOException && message != null ? message : failure.toString();
    }
}
