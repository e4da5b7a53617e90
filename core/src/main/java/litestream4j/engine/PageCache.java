package litestream4j.engine;

import java.util.Arrays;

/**
 * Decoded pages of all views and connections, named by the file that they come from. What a name stands for never
 * changes, so nothing is ever invalidated.
 *
 * <p>The budget is for all that the cache takes: pages, and the tables that tell where they are. Looking up allocates
 * nothing.
 *
 * <p>The cache owns its pages: what is read is copied under the lock of the shard, so that the array of a page that
 * has to go can be used again at once.
 */
final class PageCache {
    private static final int SHARDS = 8;

    /** Of each page, which is an array of its own; references are compressed in heaps of less than 32 GB. */
    private static final int ARRAY_HEADER_BYTES = 16;

    private final CacheShard[] shards;
    private final PageBuffers buffers;
    private final long budgetBytes;
    private final int pageBytes;

    /**
     * @param budgetBytes memory for all of it; one page per shard is kept at least
     * @param pageBytes size of each page
     * @param buffers takes the arrays of pages that go
     */
    PageCache(long budgetBytes, int pageBytes, PageBuffers buffers) {
        this.buffers = buffers;
        this.budgetBytes = budgetBytes;
        this.pageBytes = pageBytes;
        int pageArrayBytes = pageBytes + ARRAY_HEADER_BYTES;
        // A small cache is one shard: splitting it would leave shards too small to keep a working set.
        int count = budgetBytes / pageArrayBytes >= 80 * SHARDS ? SHARDS : 1;
        shards = new CacheShard[count];
        int slots = CacheShard.slotsWithin(budgetBytes / count, pageArrayBytes);
        Arrays.setAll(shards, _ -> new CacheShard(slots, pageArrayBytes));
    }

    static long key(int fileId, long pgno) {
        return ((long) fileId << Integer.SIZE) | pgno;
    }

    /**
     * Looks up a page.
     *
     * @param into takes the page if it is here; shape: [page size]
     * @return whether it is
     */
    boolean get(long key, byte[] into) {
        return into.length == pageBytes && shard(key).get(key, into, true);
    }

    /** Looks up a page as {@link #get} does, without taking that for a use of it. */
    boolean peek(long key, byte[] into) {
        return into.length == pageBytes && shard(key).get(key, into, false);
    }

    /** Tells whether a page is here, without taking that for a use of it. */
    boolean contains(long key) {
        return shard(key).contains(key);
    }

    /** Tells whether a page is here; if so it will be read once soon, and should not go before. */
    boolean reserve(long key) {
        return shard(key).reserve(key);
    }

    /** Keeps a page. The array belongs to the cache from here on. */
    void put(long key, byte[] page) {
        assert page.length == pageBytes;
        buffers.give(shard(key).put(key, page));
    }

    /** Drops all pages; takes no memory itself. */
    void clear() {
        for (CacheShard shard : shards) {
            shard.clear();
        }
    }

    /** Returns the size of each page. */
    int pageBytes() {
        return pageBytes;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    /** Returns the memory taken now, in bytes: pages, and the tables that tell where they are. */
    long bytes() {
        long bytes = 0;
        for (CacheShard shard : shards) {
            bytes += shard.bytes();
        }
        return bytes;
    }

    private CacheShard shard(long key) {
        return shards[(int) (mix(key) >>> 40) & (shards.length - 1)];
    }

    /** Spreads neighbouring pages over shards and slots; finaliser of splitmix64. */
    static long mix(long key) {
        long z = (key ^ (key >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
