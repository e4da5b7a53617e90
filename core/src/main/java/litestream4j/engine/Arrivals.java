package litestream4j.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pages on their way from the store, and pages that came ahead of demand and wait to be wanted. The latter are kept
 * apart from the cache, within a budget of their own: what nobody wants in the end pushes nothing out that somebody
 * did. Safe for all threads; no lock is held while anything is fetched.
 *
 * <p>The array of a page that came ahead of demand belongs to this until somebody takes it over, who is then the only
 * one to know it. That of a page that was demanded may be known to many.
 */
final class Arrivals {
    /** In place of a page that does not come. */
    private static final byte[] NONE = {};

    private final long budgetBytes;
    private final PageBuffers buffers;
    private final Askers askers;

    /** In order of request: the oldest are dropped first. */
    private final Map<Long, Arrival> arrivals = new LinkedHashMap<>();

    private long aheadBytes;
    private long wasted;

    /**
     * @param buffers takes the arrays of pages that nobody wanted
     * @param nanos a monotonic clock
     */
    Arrivals(long budgetBytes, PageBuffers buffers, LongSupplier nanos) {
        this.budgetBytes = budgetBytes;
        this.buffers = buffers;
        this.askers = new Askers(budgetBytes, nanos);
    }

    /** One page. */
    static final class Arrival {
        final CompletableFuture<byte[]> page = new CompletableFuture<>();

        /** An object, so that to remove it takes no memory: it must not stay here taken for ever for want of that. */
        private final Long key;

        /** Its size if it was asked for ahead of demand, else 0. */
        private final int aheadBytes;

        /** Who asked for it ahead of demand; null if nobody did. */
        private final Askers.@Nullable Asker asker;

        /** Whether somebody takes it over. Guarded by the arrivals, as what follows, until it is removed from them. */
        private boolean isTaken;

        /** Completed when it is removed, if somebody waits for that. */
        private @Nullable CompletableFuture<Void> removal;

        /** How often others than who asked first said that they count on it, as far as the cache counts that. */
        private int others;

        private Arrival(long key, int aheadBytes, Askers.@Nullable Asker asker) {
            this.key = key;
            this.aheadBytes = aheadBytes;
            this.asker = asker;
        }

        int others() {
            return others;
        }

        /** Tells whether it can be dropped. What is still on its way cannot: its request is paid for already. */
        private boolean waits() {
            return isAheadOfDemand() && page.isDone() && !isTaken;
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
        Arrival fresh = new Arrival(key, 0, null);
        arrivals.put(fresh.key, fresh);
        return new Joined(fresh, true);
    }

    /** Returns those who share the room. */
    Askers askers() {
        return askers;
    }

    /** What becomes of a page that somebody wants to fetch ahead of demand. */
    enum Expected {
        /** It was entered, and has to be fetched. */
        NEW,
        /** It is on its way, or here, already. */
        KNOWN,
        /** So much is on its way that there is no room. */
        NO_ROOM
    }

    /** Enters a page that is about to be fetched ahead of demand. */
    synchronized Expected expect(long key, int pageBytes, Askers.Asker asker) {
        Arrival known = arrivals.get(key);
        if (known != null) {
            known.others += known.asker == asker || known.others == CacheShard.FORETOLD_MAX ? 0 : 1;
            return Expected.KNOWN;
        }
        if (!makeRoom(pageBytes)) {
            return Expected.NO_ROOM;
        }
        Arrival fresh = new Arrival(key, pageBytes, asker);
        arrivals.put(fresh.key, fresh);
        aheadBytes += pageBytes;
        asker.asked();
        return Expected.NEW;
    }

    private boolean makeRoom(int pageBytes) {
        // What was left behind by readers that are done goes before it takes memory or is in the way of others.
        if (aheadBytes + pageBytes > budgetBytes / 2 && askers.takeLeavers()) {
            dropLeftBehind();
        }
        if (aheadBytes + pageBytes > budgetBytes) {
            dropOldest(pageBytes);
        }
        return aheadBytes + pageBytes <= budgetBytes;
    }

    private void dropOldest(int pageBytes) {
        Iterator<Arrival> oldest = arrivals.values().iterator();
        while (aheadBytes + pageBytes > budgetBytes && oldest.hasNext()) {
            Arrival arrival = oldest.next();
            if (arrival.waits()) {
                oldest.remove();
                dropped(arrival);
            }
        }
    }

    private void dropLeftBehind() {
        for (Iterator<Arrival> all = arrivals.values().iterator(); all.hasNext(); ) {
            Arrival arrival = all.next();
            if (arrival.waits() && arrival.asker != null && !arrival.asker.mayReturn()) {
                all.remove();
                dropped(arrival);
            }
        }
    }

    private void dropped(Arrival arrival) {
        removed(arrival);
        wasted++;
        if (arrival.page.state() == Future.State.SUCCESS) {
            buffers.give(arrival.page.resultNow());
        }
    }

    /** Hands over a page that was fetched ahead, and its array with it. */
    void arrived(long key, byte[] page) {
        Arrival expected = expected(key);
        // Of a page that is demanded by now, the array would belong to many.
        if (expected == null || !expected.isAheadOfDemand() || !expected.page.complete(page)) {
            buffers.give(page);
        }
    }

    /**
     * Says that a page that was expected does not come, if it is still awaited from a request ahead of demand. To those
     * who wait for it that is as if another reader had taken it over: they look for it anew. It takes hardly any memory
     * to say so, for there may be none.
     */
    void givenUp(long key) {
        Arrival expected = expected(key);
        if (expected != null && isAwaited(expected)) {
            remove(expected);
            expected.page.complete(NONE);
        }
    }

    /** The same, of a page whose place is damaged. */
    void failed(long key, CorruptFileException damage) {
        Arrival expected = expected(key);
        if (expected != null && isAwaited(expected)) {
            remove(expected);
            expected.page.completeExceptionally(damage);
        }
    }

    private static boolean isAwaited(Arrival expected) {
        return expected.isAheadOfDemand() && !expected.page.isDone();
    }

    private synchronized @Nullable Arrival expected(long key) {
        return arrivals.get(key);
    }

    /**
     * Looks up a page that came ahead of demand and waits.
     *
     * @param into takes the page if it is here; shape: [page size]
     * @return whether it is
     */
    synchronized boolean peek(long key, byte[] into) {
        Arrival expected = arrivals.get(key);
        if (expected == null || expected.isTaken || expected.page.state() != Future.State.SUCCESS) {
            return false;
        }
        byte[] page = expected.page.resultNow();
        System.arraycopy(page, 0, into, 0, page.length);
        return true;
    }

    /** Tells whether a page is on its way or waits. */
    synchronized boolean contains(long key) {
        return arrivals.containsKey(key);
    }

    /** Takes over a page that came ahead of demand and waits, or returns null. See {@link #take(Arrival)}. */
    synchronized @Nullable Arrival take(long key) {
        Arrival expected = arrivals.get(key);
        return expected != null && expected.page.state() == Future.State.SUCCESS && take(expected) ? expected : null;
    }

    /**
     * Takes over the array of a page that came ahead of demand; false if somebody else did, or it was dropped. Whoever
     * takes it puts it into the cache, and only then removes it here: others find it in one of the two places.
     */
    synchronized boolean take(Arrival arrival) {
        boolean isHere = arrival.isAheadOfDemand() && !arrival.isTaken && isHere(arrival);
        arrival.isTaken |= isHere;
        return isHere;
    }

    private boolean isHere(Arrival arrival) {
        return arrivals.get(arrival.key) == arrival;
    }

    /** Returns what tells that a page was removed; null if it was already. */
    synchronized @Nullable Future<Void> removal(Arrival arrival) {
        if (arrival.removal == null && isHere(arrival)) {
            arrival.removal = new CompletableFuture<>();
        }
        return arrival.removal;
    }

    /** Removes a page that does not come, or is in the cache; false if it was removed before. */
    synchronized boolean remove(Arrival arrival) {
        boolean removed = arrivals.remove(arrival.key, arrival);
        if (removed) {
            removed(arrival);
        }
        return removed;
    }

    private void removed(Arrival arrival) {
        aheadBytes -= arrival.aheadBytes;
        if (arrival.asker != null) {
            arrival.asker.gone();
        }
        if (arrival.removal != null) {
            arrival.removal.complete(null);
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
