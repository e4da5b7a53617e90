package litestream4j.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Pages on their way from the store, and pages that came ahead of demand and wait to be wanted. The latter are kept
 * apart from the cache, within a budget of their own: what nobody wants in the end pushes nothing out that somebody
 * did. Safe for all threads; no lock is held while anything is fetched.
 */
final class Arrivals {
    private final long budgetBytes;

    /** In order of request: the oldest are dropped first. */
    private final Map<Long, Arrival> arrivals = new LinkedHashMap<>();

    private long aheadBytes;
    private long wasted;

    Arrivals(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** One page. */
    static final class Arrival {
        final CompletableFuture<byte[]> page = new CompletableFuture<>();

        /** Its size if it was asked for ahead of demand, else 0. */
        private final int aheadBytes;

        private Arrival(int aheadBytes) {
            this.aheadBytes = aheadBytes;
        }

        boolean isAheadOfDemand() {
            return aheadBytes > 0;
        }
    }

    /**
     * A page that somebody wants.
     *
     * @param isNew whether nobody fetches it yet, so that this one has to
     */
    record Joined(Arrival arrival, boolean isNew) {}

    /** Returns the page that is on its way or waiting, or else enters it. */
    synchronized Joined join(long key) {
        Arrival known = arrivals.get(key);
        if (known != null) {
            return new Joined(known, false);
        }
        Arrival fresh = new Arrival(0);
        arrivals.put(key, fresh);
        return new Joined(fresh, true);
    }

    /**
     * Enters a page that is about to be fetched ahead of demand.
     *
     * @return false if it is on its way already, or if so much is on its way that there is no room
     */
    synchronized boolean expect(long key, int pageBytes) {
        if (arrivals.containsKey(key) || !makeRoom(pageBytes)) {
            return false;
        }
        arrivals.put(key, new Arrival(pageBytes));
        aheadBytes += pageBytes;
        return true;
    }

    private boolean makeRoom(int pageBytes) {
        Iterator<Arrival> oldest = arrivals.values().iterator();
        while (aheadBytes + pageBytes > budgetBytes && oldest.hasNext()) {
            Arrival arrival = oldest.next();
            // What is still on its way cannot be dropped: its request is paid for already.
            if (arrival.aheadBytes > 0 && arrival.page.isDone()) {
                oldest.remove();
                aheadBytes -= arrival.aheadBytes;
                wasted++;
            }
        }
        return aheadBytes + pageBytes <= budgetBytes;
    }

    /** Hands over a page that was fetched ahead. */
    void arrived(long key, byte[] page) {
        Arrival expected = expected(key);
        if (expected != null) {
            expected.page.complete(page);
        }
    }

    /** Says that a page that was expected does not come, if it is still awaited from a request ahead of demand. */
    void failed(long key, Throwable reason) {
        Arrival expected = expected(key);
        if (expected != null && expected.isAheadOfDemand() && !expected.page.isDone()) {
            remove(key, expected);
            expected.page.completeExceptionally(reason);
        }
    }

    private synchronized @Nullable Arrival expected(long key) {
        return arrivals.get(key);
    }

    /** Returns a page that came ahead of demand and waits, or null. */
    byte @Nullable [] peek(long key) {
        Arrival expected = expected(key);
        return expected != null && expected.page.state() == Future.State.SUCCESS ? expected.page.resultNow() : null;
    }

    /** Removes a page that was taken over, or does not come. */
    synchronized void remove(long key, Arrival arrival) {
        if (arrivals.remove(key, arrival)) {
            aheadBytes -= arrival.aheadBytes;
        }
    }

    /** Returns the memory promised to pages ahead of demand, in bytes. */
    synchronized long aheadBytes() {
        return aheadBytes;
    }

    synchronized long wasted() {
        return wasted;
    }
}
