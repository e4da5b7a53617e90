package litestream4j.btree;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A reader whose pages come from a store that takes its time: reading a page takes one unit, a request some more, and
 * any number of requests go on side by side.
 */
final class SlowStore {
    private final Map<Long, byte[]> pages;
    private final int latency;
    private final ReadAhead readAhead;

    /** When each page that was asked for is here. */
    private final Map<Long, Integer> due = new HashMap<>();

    private int now;

    /** @param pages those that are no leaves of tables */
    SlowStore(Map<Long, byte[]> pages, int latency, int windowMax) {
        this.pages = pages;
        this.latency = latency;
        this.readAhead = new ReadAhead(() -> windowMax, this::peek);
    }

    ReadAhead readAhead() {
        return readAhead;
    }

    /** Returns how many pages were asked for. */
    int requested() {
        return due.size();
    }

    /** Returns the time since the first page was read. */
    int now() {
        return now;
    }

    /** Puts a page into memory. */
    void bring(long pgno) {
        due.put(pgno, now);
    }

    /** Drops all pages. */
    void drop() {
        due.clear();
    }

    /** Drops pages that came or are on their way. */
    void drop(Predicate<Long> which) {
        due.keySet().removeIf(which);
    }

    private byte @Nullable [] peek(long pgno) {
        return due.getOrDefault(pgno, Integer.MAX_VALUE) <= now ? content(pgno) : null;
    }

    private byte[] content(long pgno) {
        return pages.getOrDefault(pgno, BtreePages.LEAF);
    }

    /** Reads a page, waiting for it if need be. */
    void read(long pgno) {
        ask(readAhead.approach(pgno, BtreePages.PAGES, due.containsKey(pgno)));
        ask(pgno);
        now = Math.max(now + 1, due.getOrDefault(pgno, now));
        ask(readAhead.read(pgno, content(pgno), BtreePages.PAGES));
    }

    private void ask(long... wanted) {
        for (long pgno : wanted) {
            due.putIfAbsent(pgno, now + latency);
        }
    }
}
