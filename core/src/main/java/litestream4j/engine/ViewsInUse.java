package litestream4j.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which views readers hold: in a transaction, or looking at the past. Each reader has a place of its own to say so,
 * since a transaction is too short to make an object for it. Safe for all threads.
 */
final class ViewsInUse {
    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();

    /** What one reader holds. Written by one thread at a time. */
    static final class Holder {
        private volatile @Nullable Snapshot pinned;
        private volatile @Nullable Snapshot past;

        private Holder() {}

        /** Returns the view of the read transaction, if there is one. */
        @Nullable Snapshot pinned() {
            return pinned;
        }

        /** Returns the state of the past that is looked at, if one is. */
        @Nullable Snapshot past() {
            return past;
        }

        /** Takes note of the view of a read transaction; null if there is none any more. */
        void pin(@Nullable Snapshot view) {
            pinned = view;
        }

        /** Takes note of the state of the past that is looked at; null if it is the newest. */
        void lookAt(@Nullable Snapshot view) {
            past = view;
        }
    }

    /** Returns the place of a new reader. */
    Holder enter() {
        Holder holder = new Holder();
        holders.add(holder);
        return holder;
    }

    /** Forgets a reader, which holds nothing any more. */
    void leave(Holder holder) {
        holders.remove(holder);
    }

    /** Returns the views; what other threads do meanwhile may show or not. */
    Set<Snapshot> views() {
        Set<Snapshot> views = new HashSet<>();
        for (Holder holder : holders) {
            add(holder.pinned, views);
            add(holder.past, views);
        }
        return views;
    }

    private static void add(@Nullable Snapshot view, Set<Snapshot> views) {
        if (view != null) {
            views.add(view);
        }
    }

    /** Returns the number of read transactions, as above. */
    int transactions() {
        int transactions = 0;
        for (Holder holder : holders) {
            transactions += holder.pinned == null ? 0 : 1;
        }
        return transactions;
    }
}
