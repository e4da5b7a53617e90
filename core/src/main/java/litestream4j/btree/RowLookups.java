package litestream4j.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an index leads to. A query by index reads a leaf page of the index, and then for one entry after the
 * other the page that holds the row, wherever that is: as many waits as there are rows, if each is fetched when it is
 * asked for. The leaf page says all of them beforehand.
 *
 * <p>With the first row that is read, those of entries with the same first column are fetched; once the reader went
 * on to another value, entries are fetched whatever their key, twice as many each time. A look-up of one row by a
 * unique key so fetches nothing ahead. All that goes for readers against the order of keys as well: those of the last
 * entry of a key first, or of one before another.
 */
final class RowLookups {
    /** Index leaves in use at a time: a join, or an OR, reads some side by side. */
    private static final int LEAVES = 4;

    private static final int ROWS_MIN = 8;

    /** Rows fetched ahead at most: each may take a request of its own. */
    private static final int ROWS_MAX = 256;

    /** Entries that the reader may be at, when a page holds rows of several. */
    private static final int CANDIDATES_MAX = 8;

    /** Pages that were waited for and are none of a leaf's rows before it is forgotten. */
    private static final int STRANGERS_MAX = 8;

    private static final long[] NONE = {};

    private final PageSource known;
    private final @Nullable Leaf[] leaves = new @Nullable Leaf[LEAVES];
    private final TableDescent descent;
    private int oldest;

    RowLookups(PageSource known) {
        this.known = known;
        this.descent = new TableDescent(known);
    }

    private static final class Leaf {
        final long pgno;
        final long index;
        final long table;

        /** Read when a row is first waited for: a reader that finds all in memory pays nothing. */
        @Nullable IndexEntries entries;

        /** The entry whose row was read last; -1 if none was. */
        int at = -1;

        /** Rows to be ahead of the reader; 0 before the first batch. */
        int rows;

        int askedTo;

        /** The page that was asked for each entry; it leads on only if it is no leaf, once it is here. */
        long[] asked = NONE;

        /** Whether the reader goes against the order of keys. */
        boolean isDescending;

        boolean oneKey = true;
        int strangers;

        Leaf(long pgno, long index, long table) {
            this.pgno = pgno;
            this.index = index;
            this.table = table;
        }

        /** Turns the order in which the reader goes: entries are counted from the other end from here on. */
        void turn(PageSource known) {
            isDescending = !isDescending;
            at = at < 0 ? at : size(known) - 1 - at;
            rows = ROWS_MIN;
            askedTo = 0;
            asked = NONE;
        }

        int size(PageSource known) {
            return entries(known).size();
        }

        /** Returns the row of an entry, counted in the order in which the reader goes. */
        long rowid(PageSource known, int i) {
            return entries(known).rowid(isDescending ? size(known) - 1 - i : i);
        }

        long key(PageSource known, int i) {
            return entries(known).key(isDescending ? size(known) - 1 - i : i);
        }

        private IndexEntries entries(PageSource known) {
            IndexEntries read = entries;
            if (read == null) {
                byte[] page = known.peek(pgno);
                read = page == null ? IndexEntries.NONE : IndexEntries.of(page, pgno);
                entries = read;
            }
            return read;
        }
    }

    /**
     * Takes note of a leaf page of an index.
     *
     * @param index root of the index
     * @param table root of its table, 0 if that is not known
     */
    void leaf(long pgno, long index, long table, PageList wanted) {
        if (table == 0) {
            return;
        }
        Leaf fresh = new Leaf(pgno, index, table);
        int place = oldest;
        for (int i = 0; i < LEAVES; i++) {
            Leaf leaf = leaves[i];
            if (leaf != null && leaf.index == index) {
                place = i;
            }
        }
        if (place == oldest) {
            oldest = (oldest + 1) % LEAVES;
        }
        Leaf before = leaves[place];
        leaves[place] = fresh;
        // A scan of the index goes on here.
        if (before != null && before.index == index) {
            fresh.isDescending = before.isDescending;
        }
        descent.begin();
        if (before != null
                && before.index == index
                && before.rows > 0
                && before.at >= before.size(known) - 1 - before.rows
                && fresh.size(known) > 0
                // Of a leaf whose rows were all in memory none was waited for.
                && (!before.oneKey || before.key(known, Math.max(0, before.at)) == fresh.key(known, 0))) {
            fresh.rows = before.rows;
            fresh.oneKey = before.oneKey;
            ask(fresh, 0, wanted);
        }
    }

    /** Takes note of a page that is about to be waited for, and asks for the rows after it if it holds one. */
    void approach(long pgno, PageList wanted) {
        descent.begin();
        for (int i = 0; i < LEAVES; i++) {
            Leaf leaf = leaves[i];
            if (leaf == null) {
                continue;
            }
            if (find(leaf, pgno, wanted)) {
                leaf.strangers = 0;
            } else if (++leaf.strangers == STRANGERS_MAX) {
                leaves[i] = null;
            }
        }
    }

    /** Looks for the entry whose row the reader wants: after the last one if it can be there, else anywhere. */
    private boolean find(Leaf leaf, long pgno, PageList wanted) {
        int size = leaf.size(known);
        int ahead = leaf.at < 0 ? -1 : next(leaf, pgno, leaf.at + 1, Math.min(size, leaf.askedTo + ROWS_MAX));
        if (ahead >= 0) {
            moveTo(leaf, lastInARow(leaf, pgno, ahead), wanted);
            return true;
        }
        if (leaf.at >= 0 && turns(leaf, pgno)) {
            leaf.turn(known);
            moveTo(leaf, lastInARow(leaf, pgno, next(leaf, pgno, leaf.at + 1, size)), wanted);
            return true;
        }
        int[] candidates = new int[CANDIDATES_MAX];
        int found = 0;
        for (int entry = next(leaf, pgno, 0, size); entry >= 0; entry = next(leaf, pgno, entry + 1, size)) {
            int last = lastInARow(leaf, pgno, entry);
            // A page that leads to most entries is no leaf, or the only one: nothing can be told from it.
            if (last - entry > size / 2) {
                return false;
            }
            candidates[found++ % CANDIDATES_MAX] = last;
            entry = last;
        }
        if (leaf.at >= 0 && found > 0) {
            leaf.rows = 0; // It went elsewhere.
            leaf.askedTo = 0;
            leaf.oneKey = true;
        }
        candidates = Arrays.copyOf(candidates, Math.min(found, CANDIDATES_MAX));
        if (leaf.oneKey && areLastOfTheirKeys(leaf, candidates)) {
            leaf.turn(known);
            for (int i = 0; i < candidates.length; i++) {
                candidates[i] = lastInARow(leaf, pgno, size - 1 - candidates[i]);
            }
        }
        // Rows of neighbouring keys lie on one page, as a rule: which of them is meant, the next page will tell.
        for (int candidate : candidates) {
            begin(leaf, candidate, wanted);
        }
        return found > 0;
    }

    /** Tells whether a page holds the row of an entry a little before the one that was read last. */
    private boolean turns(Leaf leaf, long pgno) {
        return next(leaf, pgno, Math.max(0, leaf.at - ROWS_MIN), leaf.at) >= 0;
    }

    private int next(Leaf leaf, long pgno, int from, int to) {
        for (int i = from; i < to; i++) {
            if (pageOf(leaf, i) == pgno) {
                return i;
            }
        }
        return -1;
    }

    private int lastInARow(Leaf leaf, long pgno, int entry) {
        int last = entry;
        while (last + 1 < leaf.size(known) && pageOf(leaf, last + 1) == pgno) {
            last++;
        }
        return last;
    }

    /** Tells whether a reader that comes to one of these first goes against the order: else it came to others first. */
    private boolean areLastOfTheirKeys(Leaf leaf, int[] entries) {
        boolean areLast = false;
        for (int entry : entries) {
            if (entry + 1 < leaf.size(known) && leaf.key(known, entry + 1) == leaf.key(known, entry)) {
                return false;
            }
            areLast |= entry > 0 && leaf.key(known, entry - 1) == leaf.key(known, entry);
        }
        return areLast;
    }

    private void begin(Leaf leaf, int entry, PageList wanted) {
        leaf.at = entry;
        leaf.rows = Math.max(leaf.rows, ROWS_MIN);
        for (int i = entry + 1; i < Math.min(leaf.size(known), entry + 1 + leaf.rows); i++) {
            if (leaf.oneKey && leaf.key(known, i) != leaf.key(known, entry)) {
                break;
            }
            leaf.askedTo = Math.max(leaf.askedTo, i + 1);
            askFor(leaf, i, wanted);
        }
    }

    private void moveTo(Leaf leaf, int entry, PageList wanted) {
        if (leaf.key(known, leaf.at) != leaf.key(known, entry)) {
            leaf.oneKey = false;
        }
        leaf.at = entry;
        for (int i = entry + 1; i < leaf.askedTo; i++) {
            askFor(leaf, i, wanted);
        }
        if (leaf.askedTo - entry <= leaf.rows / 2) {
            leaf.rows = Math.min(ROWS_MAX, 2 * leaf.rows);
            ask(leaf, entry, wanted);
        }
    }

    private void ask(Leaf leaf, int at, PageList wanted) {
        int to = Math.min(leaf.size(known), at + 1 + leaf.rows);
        for (int i = Math.max(leaf.askedTo, leaf.at + 1); i < to; i++) {
            if (leaf.oneKey && leaf.key(known, i) != leaf.key(known, at)) {
                return;
            }
            leaf.askedTo = i + 1;
            askFor(leaf, i, wanted);
        }
    }

    private void askFor(Leaf leaf, int entry, PageList wanted) {
        if (leaf.asked.length == 0) {
            leaf.asked = new long[leaf.size(known)];
        }
        long page = pageOf(leaf, entry);
        if (page != leaf.asked[entry]) {
            leaf.asked[entry] = page;
            if (page != 0) {
                wanted.add(page);
            }
        }
    }

    private long pageOf(Leaf leaf, int entry) {
        return descent.pageOf(leaf.table, leaf.rowid(known, entry));
    }
}
