package litestream4j.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of pages that nobody uses any more, to be used again: a scan reads thousands of pages, and with a new array
 * for each the collector would be busier than the reader. Whoever gives an array here must be the last one to know it.
 * All that wait here are of one size, that of the array given last: a replica has pages of one size, until it is begun
 * again. Safe for all threads.
 */
final class PageBuffers {
    /** Kept for the next burst; what is beyond goes to the collector. */
    static final int KEPT_BYTES_MAX = 2 * 1024 * 1024;

    /** Guarded by itself, as what follows. */
    private final Deque<byte[]> free = new ArrayDeque<>();

    private int pageBytes;

    /** Returns an array of a size, with anything in it. */
    byte[] take(int bytes) {
        synchronized (free) {
            byte[] page = bytes == pageBytes ? free.pollFirst() : null;
            if (page != null) {
                return page;
            }
        }
        return new byte[bytes];
    }

    /** Takes an array back. */
    void give(byte @Nullable [] page) {
        if (page == null) {
            return;
        }
        synchronized (free) {
            if (page.length != pageBytes) {
                free.clear();
                pageBytes = page.length;
            }
            if ((free.size() + 1L) * pageBytes <= KEPT_BYTES_MAX) {
                free.addFirst(page);
            }
        }
    }

    /** Gives all arrays to the collector. */
    void clear() {
        synchronized (free) {
            free.clear();
        }
    }
}
