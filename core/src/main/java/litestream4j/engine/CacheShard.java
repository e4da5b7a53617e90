package litestream4j.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One lock's worth of a {@link PageCache}: an S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction",
 * SOSP 2023). New pages enter a small queue of a tenth of the space; only those asked for again move to the main queue,
 * so one pass over a big table leaves the hot pages where they are.
 *
 * <p>Kept in primitive arrays. Slots are numbered; queues are rings of slot numbers. All of it grows with what is kept,
 * since not every budget is used. Safe for all threads.
 */
final class CacheShard {
    private static final int HITS_MAX = 3;

    /** Foretold uses that are counted, of readers that go through the same pages one after the other. */
    static final int FORETOLD_MAX = 8;

    private static final int SLOTS_MIN = 64;

    /** The object, its rings, and the headers of the arrays. */
    private static final int FIXED_BYTES = 256;

    /** Of a slot: key, reference to the page, hits, and its places among the free ones and in both rings. */
    private static final int SLOT_BYTES = 8 + 4 + 1 + 4 + 4 + 4;

    /** Of the table, four for each slot when the number of slots is a power of two; else up to half as many. */
    private static final int TABLE_FACTOR = 4;

    private static final int GHOSTS_FACTOR = 2;

    private final int slotsMax;
    private final int pageArrayBytes;
    private long[] keys = {};
    private byte[] @Nullable [] pages = {};

    /** Uses since the page was put here, or moved; below 0, uses that are foretold and did not come yet. */
    private byte[] hits = {};

    private int[] free = {};
    private int freeCount;

    /** Open addressing with linear probing: slot number + 1, or 0. At most half full. */
    private int[] table = {0};

    private final SlotRing small = new SlotRing();
    private final SlotRing main = new SlotRing();
    private final int smallMax;

    /**
     * Keys that left the small queue unread: asked for again, they go to main at once. None before all slots are used.
     */
    private long[] ghosts = {};

    CacheShard(int slotsMax, int pageArrayBytes) {
        this.slotsMax = slotsMax;
        this.pageArrayBytes = pageArrayBytes;
        this.smallMax = Math.max(1, slotsMax / 10);
    }

    /** Returns for how many pages there is room in a budget; at least for one. */
    static int slotsWithin(long budgetBytes, int pageArrayBytes) {
        long budget = budgetBytes - FIXED_BYTES;
        int factors = TABLE_FACTOR * Integer.BYTES + GHOSTS_FACTOR * Long.BYTES;
        long most = Math.clamp(budget / (pageArrayBytes + SLOT_BYTES + factors / 2), 1, 1 << 26);
        long power = Long.highestOneBit(most);
        long fitting = Math.min(most, (budget - factors * power) / (pageArrayBytes + SLOT_BYTES));
        // Below the power of two the tables are half as long.
        return (int) Math.max(1, Math.max(fitting, power - 1));
    }

    synchronized long bytes() {
        return FIXED_BYTES
                + (long) (keys.length - freeCount) * pageArrayBytes
                + (long) keys.length * SLOT_BYTES
                + (long) table.length * Integer.BYTES
                + (long) ghosts.length * Long.BYTES;
    }

    /**
     * Looks up a page, see {@link PageCache#get}. A use that was foretold says nothing about a next one: a page that
     * several scans go through is in nobody's way after the last one.
     */
    synchronized boolean get(long key, byte[] into, boolean isUse) {
        int slot = slotOf(key);
        byte[] page = slot < 0 ? null : pages[slot];
        if (page == null) {
            return false;
        }
        if (isUse && hits[slot] < HITS_MAX) {
            hits[slot]++;
        }
        System.arraycopy(page, 0, into, 0, into.length);
        return true;
    }

    synchronized boolean contains(long key) {
        return slotOf(key) >= 0;
    }

    /**
     * Tells whether a page is here, and foretells a use of it: one that nobody asked for again would leave the small
     * queue before a scan comes to it.
     */
    synchronized boolean reserve(long key) {
        int slot = slotOf(key);
        if (slot >= 0 && hits[slot] <= 0 && hits[slot] > -FORETOLD_MAX) {
            hits[slot]--;
        }
        return slot >= 0;
    }

    /** Returns an array that is free now, if there is one. */
    synchronized byte @Nullable [] put(long key, byte[] page) {
        if (slotOf(key) >= 0) {
            return page;
        }
        byte[] evicted = null;
        if (freeCount == 0 && keys.length < slotsMax) {
            grow();
        } else if (freeCount == 0) {
            evicted = evict();
        }
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

    synchronized void clear() {
        Arrays.fill(pages, null);
        Arrays.fill(table, 0);
        small.clear();
        main.clear();
        freeCount = 0;
        free(0, keys.length);
    }

    private void free(int from, int to) {
        for (int slot = to - 1; slot >= from; slot--) {
            free[freeCount++] = slot;
        }
    }

    /** Makes room for twice as many, or all that there may be. */
    private void grow() {
        int from = keys.length;
        int to = (int) Math.min(slotsMax, Math.max(SLOTS_MIN, 2L * from));
        // All that may fail for lack of memory, before anything is changed.
        long[] moreKeys = Arrays.copyOf(keys, to);
        byte[] @Nullable [] morePages = Arrays.copyOf(pages, to);
        byte[] moreHits = Arrays.copyOf(hits, to);
        int[] moreFree = new int[to];
        int[] moreTable = new int[Integer.highestOneBit(to) * TABLE_FACTOR];
        int[] smallSlots = small.copy(to);
        int[] mainSlots = main.copy(to);
        long[] moreGhosts = to < slotsMax ? ghosts : new long[Integer.highestOneBit(to) * GHOSTS_FACTOR];
        Arrays.fill(moreGhosts, -1);
        keys = moreKeys;
        pages = morePages;
        hits = moreHits;
        free = moreFree;
        table = moreTable;
        ghosts = moreGhosts;
        small.use(smallSlots);
        main.use(mainSlots);
        for (int slot = 0; slot < from; slot++) {
            insert(slot);
        }
        free(from, to);
    }

    private byte @Nullable [] evict() {
        while (true) {
            boolean fromSmall = small.size() > smallMax || main.size() == 0;
            SlotRing ring = fromSmall ? small : main;
            int slot = ring.remove();
            if (hits[slot] == 0) {
                if (fromSmall) {
                    remember(keys[slot]);
                }
                byte[] page = pages[slot];
                release(slot);
                return page;
            }
            hits[slot] = fromSmall ? (byte) Math.min(0, hits[slot]) : nextRound(hits[slot]);
            main.add(slot);
        }
    }

    /**
     * In main a page gets as many more rounds as it was asked for; one, however often that is foretold: who comes does
     * so soon, and who stopped before never.
     */
    private static byte nextRound(byte hits) {
        return (byte) Math.max(0, hits - 1);
    }

    private void release(int slot) {
        remove(slot);
        pages[slot] = null;
        free[freeCount++] = slot;
    }

    private void remember(long key) {
        // Direct mapped: a newer ghost takes the place of an older one. Cheap, and rarely wrong.
        ghosts[(int) PageCache.mix(key) & (ghosts.length - 1)] = key;
    }

    private boolean wasGhost(long key) {
        if (ghosts.length == 0) {
            return false;
        }
        int at = (int) PageCache.mix(key) & (ghosts.length - 1);
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
        return (int) PageCache.mix(key) & (table.length - 1);
    }
}
