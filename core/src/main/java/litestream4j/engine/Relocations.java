package litestream4j.engine;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import litestream4j.replica.LtxFile;

/** Searches for other places of views whose files went: one at a time for each view. Safe for all threads. */
final class Relocations {
    private final Calls calls;
    private final LostViews lostViews;
    private final Runnable ended;
    private final Map<Snapshot, FutureTask<Boolean>> running = new ConcurrentHashMap<>();

    /** @param ended run after each search, whatever came of it */
    Relocations(Calls calls, LostViews lostViews, Runnable ended) {
        this.calls = calls;
        this.lostViews = lostViews;
        this.ended = ended;
    }

    /**
     * Finds other places for the pages of a view; readers that need the same wait for one search.
     *
     * @param gone the file that cannot be read
     * @throws ViewLostException if there are none
     */
    void relocate(Snapshot view, LtxFile gone, IOException because, Cancellation cancellation) throws IOException {
        FutureTask<Boolean> mine = new FutureTask<>(() -> {
            try {
                search(view, gone, because);
                return true;
            } finally {
                running.remove(view);
            }
        });
        FutureTask<Boolean> search = running.putIfAbsent(view, mine);
        if (search == null) {
            search = mine;
            if (calls.isLocal()) {
                mine.run();
            } else {
                begin(mine, view);
            }
        }
        calls.awaitShared(search, cancellation);
    }

    private void search(Snapshot view, LtxFile gone, IOException because) throws IOException {
        if (view.wasSought(calls.nanos(), LostViews.PAUSE_NANOS)) {
            throw LostViews.lost(view, because); // Nor is there more to tell to anybody.
        }
        try {
            lostViews.relocate(view, gone, because);
        } finally {
            ended.run();
        }
    }

    private void begin(FutureTask<Boolean> search, Snapshot view) {
        boolean begun = false;
        try {
            Calls.begin(search);
            begun = true;
        } finally {
            if (!begun) { // As when there can be no more threads: who comes next must not wait for this.
                running.remove(view);
                search.cancel(false);
            }
        }
    }
}
