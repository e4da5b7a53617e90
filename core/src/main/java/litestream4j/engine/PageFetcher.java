package litestream4j.engine;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFormatException;

/** Brings single pages here: from the cache, from files held whole, or from the store. Safe for all threads. */
final class PageFetcher {
    private final Calls calls;
    private final HeldContents held;
    private final PageCache cache;

    /** Loads that are under way, so that any number of readers of a page send one request. */
    private final Map<Long, FutureTask<byte[]>> loads = new ConcurrentHashMap<>();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    PageFetcher(Calls calls, HeldContents held, PageCache cache) {
        this.calls = calls;
        this.held = held;
        this.cache = cache;
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
        return calls.awaitShared(load(key, () -> keep(key, fetch(file, position))), cancellation);
    }

    /** Begins a load, or returns the one that is under way. */
    private FutureTask<byte[]> load(long key, Callable<byte[]> work) {
        FutureTask<byte[]> mine = new FutureTask<>(() -> {
            try {
                return work.call();
            } finally {
                // After the page is in the cache: whoever comes next finds it in one of the two places.
                loads.remove(key);
            }
        });
        FutureTask<byte[]> running = loads.putIfAbsent(key, mine);
        if (running != null) {
            return running;
        }
        Calls.begin(mine);
        return mine;
    }

    private byte[] keep(long key, byte[] page) {
        cache.put(key, page);
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
}
