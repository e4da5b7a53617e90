package litestream4j.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded pages of all views and connections, named by the file that they come from. What a name stands for never
 * changes, so nothing is ever invalidated.
 *
 * <p>Each shard is an S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): new pages
 * enter a small queue of a tenth of the space; only those asked for again move to the main queue, so one pass over a
 * big table leaves the hot pages where they are. Kept in primitive arrays: looking up allocates nothing.
 *
 * <p>The cache owns its pages: what is read is copied under the lock of the shard, so that the array of a page that
 * has to go can be used again at once.
 */
final class PageCache {
    private static final int SHARDS = 8;

    /** What an entry takes beside its page: array header, slot in the tables. */
    private static final int OVERHEAD_BYTES = 16 + 8 + 4 + 4 + 4 + 4 + 1;

    private final Shard[] shards;
    private final PageBuffers buffers;
    private final long budgetBytes;
    private final int pageBytes;

    /**
     * @param budgetBytes memory for all pages together; room for one page per shard is taken at least
     * @param pageBytes size of each page
     * @param buffers takes the arrays of pages that go
     */
    PageCache(long budgetBytes, int pageBytes, PageBuffers buffers) {
        this.buffers = buffers;
        this.budgetBytes = budgetBytes;
        this.pageBytes = pageBytes;
        long pages = budgetBytes / (pageBytes + OVERHEAD_BYTES);
        // A small cache is one shard: splitting it would leave shards too small to keep a working set.
        int count = pages >= 64 * SHARDS ? SHARDS : 1;
        shards = new Shard[count];
        int slots = Math.clamp(pages / count, 1, 1 << 26);
        Arrays.setAll(shards, _ -> new Shard(slots));
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
        return into.length == pageBytes && shard(key).get(key, into);
    }

    /** Tells whether a page is here, without taking that for a use of it. */
    boolean contains(long key) {
        return shard(key).contains(key);
    }

    /** Keeps a page. The array belongs to the cache from here on. */
    void put(long key, byte[] page) {
        assert page.length == pageBytes;
        buffers.give(shard(key).put(key, page));
    }

    /** Drops all pages; takes no memory itself. */
    void clear() {
        for (Shard shard : shards) {
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

    /** Returns the memory taken by pages now, in bytes. */
    long bytes() {
        long count = 0;
        for (Shard shard : shards) {
            count += shard.size();
        }
        return count * (pageBytes + OVERHEAD_BYTES);
    }

    private Shard shard(long key) {
        return shards[(int) (mix(key) >>> 40) & (shards.length - 1)];
    }

    /** Spreads neighbouring pages over shards and slots; finaliser of splitmix64. */
    private static long mix(long key) {
        long z = (key ^ (key >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** One lock's worth of the cache. Slots are numbered; queues are rings of slot numbers. */
    private static final class Shard {
        private static final int HITS_MAX = 3;

        private final long[] keys;
        private final byte[] @Nullable [] pages;
        private final byte[] hits;
        private final int[] free;
        private int freeCount;

        /** Open addressing with linear probing: slot number + 1, or 0. At most half full. */
        private final int[] table;

        private final Ring small;
        private final Ring main;
        private final int smallMax;

        /** Keys that left the small queue unread: asked for again, they go to main at once. */
        private final long[] ghosts;

        Shard(int slots) {
            keys = new long[slots];
            pages = new byte[slots][];
            hits = new byte[slots];
            free = new int[slots];
            for (int i = 0; i < slots; i++) {
                free[i] = slots - 1 - i;
            }
            freeCount = slots;
            table = new int[Integer.highestOneBit(slots) * 4];
            small = new Ring(slots);
            main = new Ring(slots);
            smallMax = Math.max(1, slots / 10);
            ghosts = new long[Integer.highestOneBit(Math.max(1, slots)) * 2];
            Arrays.fill(ghosts, -1);
        }

        synchronized boolean get(long key, byte[] into) {
            int slot = slotOf(key);
            byte[] page = slot < 0 ? null : pages[slot];
            if (page == null) {
                return false;
            }
            if (hits[slot] < HITS_MAX) {
                hits[slot]++;
            }
            System.arraycopy(page, 0, into, 0, into.length);
            return true;
        }

        synchronized boolean contains(long key) {
            return slotOf(key) >= 0;
        }

        /** Returns an array that is free now, if there is one. */
        synchronized byte @Nullable [] put(long key, byte[] page) {
            if (slotOf(key) >= 0) {
                return page;
            }
            byte[] evicted = freeCount == 0 ? evict() : null;
            int slot = free[--freeCount];
            keys[slot] = key;
            pages[slot] = page;
            hits[slot] = 0;
            insert(slot);
            if (wasGhost(key)) {
                main.add(slot);
            } else {
                small.add(slot);
            }
            return evicted;
        }

        synchronized int size() {
            return keys.length - freeCount;
        }

        synchronized void clear() {
            while (freeCount < keys.length) {
                evict();
            }
        }

        private byte @Nullable [] evict() {
            while (true) {
                boolean fromSmall = small.size > smallMax || main.size == 0;
                Ring ring = fromSmall ? small : main;
                int slot = ring.remove();
                if (hits[slot] == 0) {
                    if (fromSmall) {
                        remember(keys[slot]);
                    }
                    byte[] page = pages[slot];
                    release(slot);
                    return page;
                }
                // In main a page gets as many more rounds as it was asked for; from small it moves up once.
                hits[slot] = fromSmall ? 0 : (byte) (hits[slot] - 1);
                main.add(slot);
            }
        }

        private void release(int slot) {
            remove(slot);
            pages[slot] = null;
            free[freeCount++] = slot;
        }

        private void remember(long key) {
            // Direct mapped: a newer ghost takes the place of an older one. Cheap, and rarely wrong.
            ghosts[(int) mix(key) & (ghosts.length - 1)] = key;
        }

        private boolean wasGhost(long key) {
            int at = (int) mix(key) & (ghosts.length - 1);
            if (ghosts[at] != key) {
                return false;
            }
            ghosts[at] = -1;
            return true;
        }

        private int slotOf(long key) {
            for (int at = home(key); table[at] != 0; at = (at + 1) & (table.length - 1)) {
                int slot = table[at] - 1;
                if (keys[slot] == key) {
                    return slot;
                }
            }
            return -1;
        }

        private void insert(int slot) {
            int at = home(keys[slot]);
            while (table[at] != 0) {
                at = (at + 1) & (table.length - 1);
            }
            table[at] = slot + 1;
        }

        /** Removes a slot from the table and closes the gap, so that probing needs no tombstones. */
        private void remove(int slot) {
            int mask = table.length - 1;
            int gap = home(keys[slot]);
            while (table[gap] != slot + 1) {
                gap = (gap + 1) & mask;
            }
            for (int at = (gap + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
                int home = home(keys[table[at] - 1]);
                // The entry may move into the gap only if its home is not between gap and where it stands.
                if (((at - home) & mask) >= ((at - gap) & mask)) {
                    table[gap] = table[at];
                    gap = at;
                }
            }
            table[gap] = 0;
        }

        private int home(long key) {
            return (int) mix(key) & (table.length - 1);
        }
    }

    /** A queue of slot numbers with room for all slots. */
    private static final class Ring {
        private final int[] slots;
        private int head;
        private int size;

        Ring(int capacity) {
            slots = new int[capacity];
        }

        void add(int slot) {
            int tail = head + size++;
            slots[tail < slots.length ? tail : tail - slots.length] = slot;
        }

        int remove() {
            int slot = slots[head];
            head = head + 1 == slots.length ? 0 : head + 1;
            size--;
            return slot;
        }
    }
}
