package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.PageSize;
import org.jspecify.annotations.Nullable;

/**
 * Brings pages here: from the cache, from files held whole, or from the store; and ahead of demand, many in one
 * request. Safe for all threads.
 */
final class PageFetcher {
    private final Calls calls;
    private final HeldContents held;
    private final long cacheBytes;

    /** Replaced when the replica was begun again with pages of another size. */
    private volatile PageCache cache;

    /** Pages that are on their way, for whoever wants them, and those that came ahead of demand. */
    private final Arrivals arrivals;

    private final IndexSections sections;
    private final AheadFetcher aheadFetcher;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder ahead = new LongAdder();

    PageFetcher(Calls calls, HeldContents held, long cacheBytes, PageSize pageSize, Arrivals arrivals) {
        this.calls = calls;
        this.held = held;
        this.cacheBytes = cacheBytes;
        this.cache = new PageCache(cacheBytes, pageSize.bytes());
        this.arrivals = arrivals;
        this.sections = new IndexSections(calls);
        this.aheadFetcher = new AheadFetcher(calls, held, arrivals, sections);
    }

    /** Sets the size of the pages that are kept. */
    void usePageSize(PageSize pageSize) {
        if (cache.pageBytes() != pageSize.bytes()) {
            cache = new PageCache(cacheBytes, pageSize.bytes());
        }
    }

    PageCache cache() {
        return cache;
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    /** Returns how many of the misses had been asked for ahead of demand. */
    long ahead() {
        return ahead.sum();
    }

    /** Returns how many pages came ahead of demand and were never wanted. */
    long wasted() {
        return arrivals.wasted();
    }

    /**
     * Returns a page of a file.
     *
     * @param position of the page in the file's index
     * @return the decoded page; shared, read only
     * @throws litestream4j.replica.ReplicaException.NotFound if the file is gone or replaced
     * @throws CorruptFileException if the bytes at that place are not this page, twice in a row
     */
    byte[] page(SourceFile file, int position, Cancellation cancellation) throws IOException {
        byte[] page = inMemory(file, position);
        if (page != null) {
            return page;
        }
        misses.increment();
        long key = PageCache.key(file.id, file.index.pgno(position));
        if (calls.isLocal()) {
            return keep(key, fetch(file, position));
        }
        return await(key, file, position, cancellation);
    }

    /**
     * Returns a page that is in the cache, or in a file that is held; null if it has to be fetched.
     *
     * @throws CorruptFileException if the file that is held is damaged at that place
     */
    byte @Nullable [] inMemory(SourceFile file, int position) throws CorruptFileException {
        byte[] page = lookUp(file, position);
        if (page != null) {
            hits.increment();
        }
        return page;
    }

    private byte @Nullable [] lookUp(SourceFile file, int position) throws CorruptFileException {
        long key = PageCache.key(file.id, file.index.pgno(position));
        byte[] page = cache.get(key);
        if (page == null) {
            byte[] content = held.get(file, position);
            if (content == null) {
                return null;
            }
            page = keep(key, decodeHeld(file, position, content));
        }
        return page;
    }

    /** Returns a page that is in memory, or that came ahead of demand, or null. Does not count as a hit. */
    byte @Nullable [] peek(SourceFile file, int position) {
        try {
            byte[] page = lookUp(file, position);
            return page != null ? page : arrivals.peek(PageCache.key(file.id, file.index.pgno(position)));
        } catch (CorruptFileException _) {
            return null; // Whoever wants it is told.
        }
    }

    private byte[] await(long key, SourceFile file, int position, Cancellation cancellation) throws IOException {
        Arrivals.Joined joined = arrivals.join(key);
        Arrivals.Arrival arrival = joined.arrival();
        if (joined.isNew()) {
            begin(() -> demand(key, file, position, arrival), key, arrival);
            return calls.awaitShared(arrival.page, cancellation, () -> look(file, position));
        }
        try {
            byte[] page = calls.awaitShared(arrival.page, cancellation, () -> look(file, position));
            if (arrival.isAheadOfDemand()) {
                ahead.increment();
                arrivals.remove(key, arrival);
                keep(key, page);
            }
            return page;
        } catch (AheadException e) {
            arrivals.remove(key, arrival);
            if (e.getCause() instanceof CorruptFileException damage) {
                throw damage;
            }
            // Else that says nothing about this page: it gets a request of its own, with all its attempts.
            return await(key, file, position, cancellation);
        }
    }

    /** Looks whether the request that brings a page is late. */
    private long look(SourceFile file, int position) {
        return file.index.isKnown(position)
                ? calls.hedging().look(file.file, file.index.offset(position))
                : Long.MAX_VALUE;
    }

    private void begin(Runnable demand, long key, Arrivals.Arrival arrival) {
        try {
            Calls.begin(demand);
        } catch (Throwable e) { // As when there can be no more threads: who comes next must not wait for this.
            arrivals.remove(key, arrival);
            arrival.page.completeExceptionally(e);
        }
    }

    private void demand(long key, SourceFile file, int position, Arrivals.Arrival arrival) {
        try {
            arrival.page.complete(keep(key, fetch(file, position)));
        } catch (Throwable e) { // Whatever it was: those who wait must not wait for ever.
            arrival.page.completeExceptionally(e);
        } finally {
            // After the page is in the cache: whoever comes next finds it in one of the two places.
            arrivals.remove(key, arrival);
        }
    }

    /**
     * Begins to fetch pages that will probably be wanted; those here or on their way already are left out. Returns at
     * once. Failures show only when, and if, the page is wanted.
     */
    void fetchAhead(List<Ranges.Frame> frames) {
        if (calls.isLocal()) {
            return;
        }
        List<Ranges.Frame> missing = new ArrayList<>(frames.size());
        for (Ranges.Frame frame : frames) {
            long key = frame.key();
            if (cache.get(key) == null
                    && held.get(frame.file(), frame.position()) == null
                    && arrivals.expect(key, frame.file().pageSize().bytes())) {
                missing.add(frame);
            }
        }
        aheadFetcher.fetch(missing);
    }

    private byte[] keep(long key, byte[] page) {
        PageCache present = cache;
        if (page.length == present.pageBytes()) {
            present.put(key, page);
        }
        return page;
    }

    private static byte[] decodeHeld(SourceFile file, int position, byte[] content) throws CorruptFileException {
        Ranges.Frame frame = new Ranges.Frame(file, position);
        try {
            return frame.decode(content, (int) frame.offset());
        } catch (LtxFormatException e) {
            throw new CorruptFileException(file.file, e);
        }
    }

    private byte[] fetch(SourceFile file, int position) throws IOException {
        EngineEvents.PageFetch event = EngineEvents.pageFetch();
        try {
            return fetchPage(file, position);
        } finally {
            if (event != null) {
                event.end(file, position);
            }
        }
    }

    private byte[] fetchPage(SourceFile file, int position) throws IOException {
        sections.require(file, position);
        Ranges.Frame frame = new Ranges.Frame(file, position);
        int length = file.index.frameBytes(position);
        try {
            return frame.decode(calls.readAwaited(file.file, frame.offset(), length), 0);
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            byte[] again = calls.readAwaited(file.file, frame.offset(), length);
            try {
                return frame.decode(again, 0);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file.file, e);
            }
        }
    }
}
