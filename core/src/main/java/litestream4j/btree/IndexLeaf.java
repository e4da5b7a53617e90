package litestream4j.btree;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A leaf page of an index that a reader is at, and how far the rows are asked for that it leads to. */
final class IndexLeaf {
    private static final int NEAR = 64;

    private static final long[] NONE = {};

    /** Root of the index. */
    final long index;

    /** The page that names this one and the next ones, if it is known. */
    final @Nullable InteriorPage above;

    private final Supplier<Entries> source;

    /** Read when a row is first waited for: a reader that finds all in memory pays nothing. */
    private @Nullable Entries entries;

    /** The entry whose row was read last; -1 if none was. */
    int at = -1;

    /** The page that told so. */
    long cameBy;

    /** Rows to be ahead of the reader; 0 before the first batch. */
    int rows;

    int askedTo;

    /** The page that was asked for each entry; it leads on only if it is no leaf, once it is here. */
    private long[] asked = NONE;

    /** Whether the reader goes against the order of keys. */
    boolean isDescending;

    boolean oneKey = true;
    int strangers;

    IndexLeaf(long index, @Nullable InteriorPage above, Supplier<Entries> source) {
        this.index = index;
        this.above = above;
        this.source = source;
    }

    /** Turns the order in which the reader goes: entries are counted from the other end from here on. */
    void turn(int batch) {
        isDescending = !isDescending;
        at = at < 0 ? at : size() - 1 - at;
        rows = batch;
        askedTo = 0;
        asked = NONE;
    }

    /** Forgets where the reader was, who went elsewhere. */
    void leave() {
        rows = 0;
        askedTo = 0;
        oneKey = true;
    }

    int size() {
        return entries().size();
    }

    long key(int i) {
        return entries().key(place(i));
    }

    /** Returns {@link Entries#pageOf} of an entry, counted in the order in which the reader goes, as all here. */
    long pageOf(int i) {
        return entries().pageOf(place(i));
    }

    boolean isThere(int i) {
        return entries().isThere(place(i));
    }

    boolean leadsThrough(int i, long pgno) {
        return entries().leadsThrough(place(i), pgno);
    }

    boolean readRow(int i, byte[] page, long pgno, RecordColumns row) {
        return entries().readRow(place(i), page, pgno, row);
    }

    /** Returns the first of some entries that lead through a page; -1 if none does. */
    int next(long pgno, int from, int to) {
        for (int i = from; i < to; i++) {
            if (leadsThrough(i, pgno)) {
                return i;
            }
        }
        return -1;
    }

    /** Tells whether a page holds the row that was read last, or one soon after it: what is here is read unnoticed. */
    boolean isNear(long pgno) {
        return at >= 0 && (cameBy == pgno || next(pgno, at, Math.min(size(), at + NEAR)) >= 0);
    }

    /** Returns the last of the entries from one on that lead through a page. */
    int lastInARow(long pgno, int entry) {
        int last = entry;
        while (last + 1 < size() && leadsThrough(last + 1, pgno)) {
            last++;
        }
        return last;
    }

    /** Asks for the page of an entry, unless it was asked for it before. */
    void askFor(int entry, PageList wanted) {
        if (asked.length == 0) {
            asked = new long[size()];
        }
        long page = pageOf(entry);
        if (page != asked[entry]) {
            asked[entry] = page;
            if (page != 0) {
                wanted.add(page);
            }
        }
    }

    private int place(int i) {
        return isDescending ? size() - 1 - i : i;
    }

    private Entries entries() {
        Entries read = entries;
        if (read == null) {
            read = source.get();
            entries = read;
        }
        return read;
    }
}
