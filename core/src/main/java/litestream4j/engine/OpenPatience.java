package litestream4j.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long one connection waits for a replica that holds nothing yet. */
final class OpenPatience {
    private final @Nullable Duration limit;
    private final Time time;
    private final long begin;

    /** Begins to count; with null for ever. */
    OpenPatience(@Nullable Duration limit, Time time) {
        this.limit = limit;
        this.time = time;
        this.begin = time.nanos();
    }

    boolean isOver() {
        return limit != null && time.nanos() - begin >= limit.toNanos();
    }

    @Override
    public String toString() {
        return limit == null ? "for ever" : limit.toMillis() / 1000.0 + " s";
    }
}
