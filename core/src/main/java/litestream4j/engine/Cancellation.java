package litestream4j.engine;

/** Asked during every wait whether the one who waits has given up. Must be quick and safe for any thread. */
@FunctionalInterface
public interface Cancellation {
    /** Waits to the end. */
    Cancellation NEVER = () -> false;

    boolean isCancelled();
}
