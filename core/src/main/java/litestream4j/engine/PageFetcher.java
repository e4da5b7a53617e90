package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.PageSize;
import litestream4j.replica.ReplicaException;

/**
 * Brings pages here: from the cache, from files held whole, or from the store; and ahead of demand, many in one
 * request. Safe for all threads.
 */
final class PageFetcher {
    /** What SQLite makes if nothing else is asked for. */
    private static final int USUAL_PAGE_BYTES = 4096;

    /** Pages at a time that are those of a scan far ahead of its reader, and not rows to be read presently, if ever. */
    private static final int FAR = 128;

    private final Calls calls;
    private final HeldContents held;
    private final PageBuffers buffers;
    private final long cacheBytes;

    /** Replaced when the replica turns out to have pages of another size. */
    private volatile PageCache cache;

    /** Pages that are on their way, for whoever wants them, and those that came ahead of demand. */
    private final Arrivals arrivals;

    private final IndexSections sections;
    private final AheadFetcher aheadFetcher;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder ahead = new LongAdder();

    /** @param aheadBytes memory for pages that came ahead of demand */
    PageFetcher(Calls calls, HeldContents held, long cacheBytes, long aheadBytes) {
        this.calls = calls;
        this.held = held;
        this.buffers = new PageBuffers();
        this.cacheBytes = cacheBytes;
        this.cache = new PageCache(cacheBytes, USUAL_PAGE_BYTES, buffers);
        this.arrivals = new Arrivals(aheadBytes, buffers, calls::nanos);
        this.sections = new IndexSections(calls);
        this.aheadFetcher = new AheadFetcher(calls, held, arrivals, buffers, sections);
    }

    /** Returns those who have pages fetched ahead of demand. */
    Askers askers() {
        return arrivals.askers();
    }

    /** Sets the size of the pages that are kept. */
    void usePageSize(PageSize pageSize) {
        if (cache.pageBytes() != pageSize.bytes()) {
            cache = new PageCache(cacheBytes, pageSize.bytes(), buffers);
        }
    }

    PageCache cache() {
        return cache;
    }

    /** Gives up all memory that can be had again; takes none itself. */
    void drop() {
        cache.clear();
        buffers.clear();
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
     * Reads a page of a file.
     *
     * @param position of the page in the file's index
     * @param into takes the decoded page; shape: [page size]. Undefined after a failure
     * @throws ReplicaException.NotFound if the file is gone or replaced
     * @throws CorruptFileException if the bytes at that place are not this page, twice in a row
     */
    void page(SourceFile file, int position, byte[] into, Cancellation cancellation) throws IOException {
        if (calls.isLocal()) {
            localPage(file, position, into);
            return;
        }
        long key = PageCache.key(file.id, file.index.pgno(position));
        boolean came = arrivedAhead(key, into);
        if (!came && inMemory(file, position, into)) {
            return;
        }
        misses.increment(); // Once, also if the page goes again before it could be read.
        while (!came) {
            came = await(key, file, position, into, cancellation, true)
                    || arrivedAhead(key, into)
                    || lookUp(file, position, into, true);
        }
    }

    /** Nothing is ever on its way here: whoever wants a page reads it. */
    private void localPage(SourceFile file, int position, byte[] into) throws IOException {
        if (!inMemory(file, position, into)) {
            misses.increment();
            fetch(file, position, into);
            keepCopy(PageCache.key(file.id, file.index.pgno(position)), into);
        }
    }

    /** Takes over a page that came ahead of demand. */
    private boolean arrivedAhead(long key, byte[] into) {
        Arrivals.Arrival arrival = arrivals.take(key);
        if (arrival != null) {
            takeOver(key, arrival, into);
        }
        return arrival != null;
    }

    private void takeOver(long key, Arrivals.Arrival arrival, byte[] into) {
        try {
            byte[] page = arrival.page.resultNow();
            System.arraycopy(page, 0, into, 0, page.length);
            keep(key, page);
        } finally {
            arrivals.remove(arrival);
        }
        ahead.increment();
        foretell(key, arrival);
    }

    private void foretell(long key, Arrivals.Arrival arrival) {
        for (int other = 0; other < arrival.others(); other++) {
            cache.reserve(key); // They come to it soon.
        }
    }

    /**
     * Reads a page that is in the cache, or in a file that is held.
     *
     * @param into takes the page if it is here; shape: [page size]
     * @return false if it has to be fetched
     * @throws CorruptFileException if the file that is held is damaged at that place
     */
    boolean inMemory(SourceFile file, int position, byte[] into) throws CorruptFileException {
        boolean found = lookUp(file, position, into, true);
        if (found) {
            hits.increment();
        }
        return found;
    }

    private boolean lookUp(SourceFile file, int position, byte[] into, boolean isUse) throws CorruptFileException {
        long key = PageCache.key(file.id, file.index.pgno(position));
        if (isUse ? cache.get(key, into) : cache.peek(key, into)) {
            return true;
        }
        byte[] content = held.get(file, position);
        if (content == null) {
            return false;
        }
        decodeHeld(file, position, content, into);
        keepCopy(key, into);
        return true;
    }

    /** Reads a page that is in memory, or that came ahead of demand. Does not count as a hit, nor as a use. */
    boolean peek(SourceFile file, int position, byte[] into) {
        try {
            return lookUp(file, position, into, false)
                    || arrivals.peek(PageCache.key(file.id, file.index.pgno(position)), into);
        } catch (CorruptFileException _) {
            return false; // Whoever wants it is told.
        }
    }

    /** Tells whether a page is on its way, or came ahead of demand and waits. */
    boolean isComing(long key) {
        return arrivals.contains(key);
    }

    /**
     * Waits for a page; false if it came and was taken over by another reader: it may be in the cache. Also if it did
     * not come ahead of demand: it gets a request of its own then, with all its attempts.
     *
     * @param isPatient whether a request that another reader began may fail: this one may have joined in its last
     *     attempt, just before the store was back
     */
    private boolean await(
            long key, SourceFile file, int position, byte[] into, Cancellation cancellation, boolean isPatient)
            throws IOException {
        Arrivals.Joined joined = arrivals.join(key);
        Arrivals.Arrival arrival = joined.arrival();
        if (joined.isNew()) {
            begin(() -> demand(key, file, position, arrival), arrival);
        }
        try {
            byte[] page = calls.awaitShared(arrival.page, cancellation, () -> look(file, position));
            if (!arrival.isAheadOfDemand()) {
                System.arraycopy(page, 0, into, 0, page.length);
                return true;
            }
            boolean mine = arrivals.take(arrival);
            Future<Void> removal = mine ? null : arrivals.removal(arrival);
            if (mine) {
                takeOver(key, arrival, into);
            } else if (removal != null) {
                calls.awaitShared(removal, cancellation); // Another one is about to put it into the cache.
            }
            return mine;
        } catch (ReplicaException.Unavailable e) {
            if (joined.isNew() || !isPatient || !arrival.page.isCompletedExceptionally()) {
                arrivals.givenUp(key); // If it is on its way still, who comes next begins anew.
                throw e;
            }
            arrivals.remove(arrival);
            return await(key, file, position, into, cancellation, false);
        }
    }

    /** Looks whether the request that brings a page is late. */
    private long look(SourceFile file, int position) {
        return file.index.isKnown(position)
                ? calls.hedging().look(file.file, file.index.offset(position))
                : Long.MAX_VALUE;
    }

    private void begin(Runnable demand, Arrivals.Arrival arrival) {
        try {
            Calls.begin(demand);
        } catch (Throwable e) { // As when there can be no more threads: who comes next must not wait for this.
            arrivals.remove(arrival);
            arrival.page.completeExceptionally(e);
        }
    }

    private void demand(long key, SourceFile file, int position, Arrivals.Arrival arrival) {
        try {
            byte[] page = new byte[file.pageSize().bytes()];
            // Between a look there and its entry here, another reader may have taken it over into the cache.
            if (!cache.get(key, page)) {
                fetch(file, position, page);
                keepCopy(key, page);
            }
            arrival.page.complete(page);
        } catch (Throwable e) { // Whatever it was: those who wait must not wait for ever.
            arrival.page.completeExceptionally(e);
        } finally {
            // After the page is in the cache: whoever comes next finds it in one of the two places.
            arrivals.remove(arrival);
            foretell(key, arrival);
        }
    }

    /**
     * Begins to fetch pages that will probably be wanted; those here or on their way already are left out. Returns at
     * once. Failures show only when, and if, the page is wanted.
     */
    void fetchAhead(List<Ranges.Frame> frames, Askers.Asker asker) {
        if (calls.isLocal()) {
            return;
        }
        List<Ranges.Frame> missing = new ArrayList<>(frames.size());
        boolean begun = false;
        try {
            enter(frames, asker, missing);
            aheadFetcher.fetch(missing);
            begun = true;
        } finally {
            if (!begun) { // As when there is no memory: who wants one of them must not wait for it.
                aheadFetcher.giveUp(missing);
            }
        }
    }

    /** Takes note of the pages that have to be fetched. */
    private void enter(List<Ranges.Frame> frames, Askers.Asker asker, List<Ranges.Frame> missing) {
        boolean isFar = frames.size() >= FAR;
        for (Ranges.Frame frame : frames) {
            long key = frame.key();
            if (isCached(key, isFar) || held.get(frame.file(), frame.position()) != null) {
                continue;
            }
            Arrivals.Expected expected =
                    arrivals.expect(key, frame.file().pageSize().bytes(), asker);
            if (expected == Arrivals.Expected.NO_ROOM) {
                break; // To look for room costs time, and there is none for those behind it either.
            }
            if (expected == Arrivals.Expected.NEW && !arrivedMeanwhile(key, isFar)) {
                missing.add(frame);
            }
        }
    }

    private boolean isCached(long key, boolean isFar) {
        return isFar ? cache.reserve(key) : cache.contains(key);
    }

    /** Tells whether a page that was just entered went from those on their way to the cache before that. */
    private boolean arrivedMeanwhile(long key, boolean isFar) {
        boolean arrived = isCached(key, isFar);
        if (arrived) {
            arrivals.givenUp(key);
        }
        return arrived;
    }

    private void keepCopy(long key, byte[] page) {
        byte[] copy = buffers.take(page.length);
        System.arraycopy(page, 0, copy, 0, page.length);
        keep(key, copy);
    }

    /** Puts a page into the cache, to which the array belongs from here on. */
    private void keep(long key, byte[] page) {
        PageCache present = cache;
        if (page.length == present.pageBytes()) {
            present.put(key, page);
        }
    }

    private static void decodeHeld(SourceFile file, int position, byte[] content, byte[] into)
            throws CorruptFileException {
        Ranges.Frame frame = new Ranges.Frame(file, position);
        try {
            frame.decode(content, (int) frame.offset(), into);
        } catch (LtxFormatException e) {
            throw new CorruptFileException(file.file, e);
        }
    }

    private void fetch(SourceFile file, int position, byte[] into) throws IOException {
        EngineEvents.PageFetch event = EngineEvents.pageFetch();
        try {
            fetchPage(file, position, into);
        } finally {
            if (event != null) {
                event.end(file, position);
            }
        }
    }

    private void fetchPage(SourceFile file, int position, byte[] into) throws IOException {
        sections.require(file, position);
        Ranges.Frame frame = new Ranges.Frame(file, position);
        int length = file.index.frameBytes(position);
        try {
            frame.decode(calls.readAwaited(file.file, frame.offset(), length), 0, into);
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            byte[] again = calls.readAwaited(file.file, frame.offset(), length);
            try {
                frame.decode(again, 0, into);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file.file, e);
            }
        }
    }
}
