package litestream4j.engine;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which views readers hold, and how often: in a transaction, or looking at the past. Safe for all threads. */
final class ViewsInUse {
    private final Map<Snapshot, Integer> uses = new ConcurrentHashMap<>();

    void add(Snapshot view) {
        uses.merge(view, 1, Integer::sum);
    }

    void remove(Snapshot view) {
        uses.computeIfPresent(view, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Returns the views; what other threads do meanwhile may show or not. */
    Set<Snapshot> views() {
        return uses.keySet();
    }
}
