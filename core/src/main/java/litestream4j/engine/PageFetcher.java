package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.PageSize;
import litestream4j.replica.LtxObject;

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

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder ahead = new LongAdder();

    PageFetcher(Calls calls, HeldContents held, long cacheBytes, PageSize pageSize, Arrivals arrivals) {
        this.calls = calls;
        this.held = held;
        this.cacheBytes = cacheBytes;
        this.cache = new PageCache(cacheBytes, pageSize.bytes());
        this.arrivals = arrivals;
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
        long key = PageCache.key(file.id, file.index.pgno(position));
        byte[] page = cache.get(key);
        if (page != null) {
            hits.increment();
            return page;
        }
        misses.increment();
        byte[] content = held.get(file);
        if (content != null) {
            return keep(key, decodeHeld(file, position, content));
        }
        if (calls.isLocal()) {
            return keep(key, fetch(file, position));
        }
        return await(key, file, position, cancellation);
    }

    private byte[] await(long key, SourceFile file, int position, Cancellation cancellation) throws IOException {
        Arrivals.Joined joined = arrivals.join(key);
        Arrivals.Arrival arrival = joined.arrival();
        if (joined.isNew()) {
            Calls.begin(() -> demand(key, file, position, arrival));
            return calls.awaitShared(arrival.page, cancellation);
        }
        try {
            byte[] page = calls.awaitShared(arrival.page, cancellation);
            if (arrival.isAheadOfDemand()) {
                ahead.increment();
                arrivals.remove(key, arrival);
                keep(key, page);
            }
            return page;
        } catch (AheadException _) {
            // Reading ahead failed, which says nothing about this page: it gets a request of its own, with all
            // its attempts.
            arrivals.remove(key, arrival);
            return await(key, file, position, cancellation);
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
            long key = key(frame);
            if (held.get(frame.file()) == null
                    && cache.get(key) == null
                    && arrivals.expect(key, frame.file().pageSize().bytes())) {
                missing.add(frame);
            }
        }
        for (Ranges.Range range : Ranges.of(missing)) {
            Calls.begin(() -> fetchRange(range));
        }
    }

    private static long key(Ranges.Frame frame) {
        return PageCache.key(frame.file().id, frame.file().index.pgno(frame.position()));
    }

    /** Hands each page over as soon as its bytes are here. */
    private void fetchRange(Ranges.Range range) {
        int done = 0;
        try (LtxObject object = calls.open(range.file().file, range.offset(), range.length())) {
            long at = range.offset();
            for (Ranges.Frame frame : range.frames()) {
                object.body().skipNBytes(frame.offset() - at);
                byte[] bytes = Calls.exactly(
                        frame.file().file, object.body(), frame.file().index.frameBytes(frame.position()));
                arrivals.arrived(key(frame), decode(frame.file(), frame.position(), bytes, 0));
                at = frame.end();
                done++;
            }
        } catch (Throwable e) { // Whatever it was: those who wait must not wait for ever.
            for (Ranges.Frame frame :
                    range.frames().subList(done, range.frames().size())) {
                arrivals.failed(key(frame), new AheadException(e));
            }
        }
    }

    private byte[] keep(long key, byte[] page) {
        PageCache present = cache;
        if (page.length == present.pageBytes()) {
            present.put(key, page);
        }
        return page;
    }

    private byte[] decodeHeld(SourceFile file, int position, byte[] content) throws IOException {
        try {
            int offset = (int) file.index.offset(position);
            return decode(file, position, content, offset);
        } catch (LtxFormatException e) {
            throw new CorruptFileException(file.file, e);
        }
    }

    private byte[] fetch(SourceFile file, int position) throws IOException {
        long offset = file.index.offset(position);
        int length = file.index.frameBytes(position);
        try {
            return decode(file, position, calls.read(file.file, offset, length), 0);
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            byte[] again = calls.read(file.file, offset, length);
            try {
                return decode(file, position, again, 0);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file.file, e);
            }
        }
    }

    private static byte[] decode(SourceFile file, int position, byte[] bytes, int from) throws LtxFormatException {
        return FrameDecoder.decode(
                file.label(),
                file.index.offset(position),
                bytes,
                from,
                file.index.frameBytes(position),
                file.index.pgno(position),
                file.pageSize());
    }

    /** A page could not be fetched ahead. Never reaches a user. */
    static final class AheadException extends IOException {
        private static final long serialVersionUID = 1;

        AheadException(Throwable cause) {
            super("reading ahead failed", cause);
        }
    }
}
