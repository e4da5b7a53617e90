package litestream4j.replica;

import org.jspecify.annotations.Nullable;

/** Environment variables, of the process or of a test. */
@FunctionalInterface
public interface Environment {
    /** The variables of this process. */
    Environment PROCESS = System::getenv;

    /** No variable is set. */
    Environment EMPTY = _ -> null;

    /** Returns the value as it is set, or null. Callers use {@link #get}. */
    @Nullable String raw(String name);

    /** Returns the value, or null if it is not set or empty. */
    default @Nullable String get(String name) {
        String value = raw(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
