package litestream4j.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an index leads to. A query by index reads a leaf page of the index, and then for one entry after the
 * other the page that holds the row, wherever that is: as many waits as there are rows, if each is fetched when it is
 * asked for. The leaf page says all of them beforehand.
 *
 * <p>Where an entry leads is the business of {@link Entries}: to the number of a row, or to the key of a WITHOUT ROWID
 * table.
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

    private final PageSource known;
    private final InteriorTrail trail;
    private final @Nullable IndexLeaf[] leaves = new @Nullable IndexLeaf[LEAVES];
    private final PagesByDepth pages;
    private final TableDescent descent;
    private int oldest;

    RowLookups(PageSource known, InteriorTrail trail) {
        this.known = known;
        this.trail = trail;
        this.pages = new PagesByDepth(known);
        this.descent = new TableDescent(pages);
    }

    /**
     * Takes note of a leaf page of an index.
     *
     * @param index root of the index
     * @param table root of its table, 0 if that is not known
     * @param key where its entries have the key of a row; null if they end with its rowid
     */
    void leaf(long pgno, long index, long table, @Nullable KeyPlaces key, PageList wanted) {
        if (table == 0) {
            return;
        }
        IndexLeaf fresh = new IndexLeaf(index, trail.parentOf(pgno), () -> entries(pgno, table, key));
        int place = oldest;
        for (int i = 0; i < LEAVES; i++) {
            IndexLeaf leaf = leaves[i];
            if (leaf != null && leaf.index == index) {
                place = i;
            }
        }
        if (place == oldest) {
            oldest = (oldest + 1) % LEAVES;
        }
        IndexLeaf before = leaves[place];
        leaves[place] = fresh;
        // A scan of the index goes on here.
        if (before != null && before.index == index) {
            fresh.isDescending = before.isDescending;
        }
        begin();
        if (before != null
                && before.index == index
                && before.rows > 0
                && before.at >= before.size() - 1 - before.rows
                && fresh.size() > 0
                // Of a leaf whose rows were all in memory none was waited for.
                && (!before.oneKey || before.key(Math.max(0, before.at)) == fresh.key(0))) {
            fresh.rows = before.rows;
            fresh.oneKey = before.oneKey;
            ask(fresh, 0, wanted);
        }
    }

    /** Forgets pages that were looked at: the view may be another one by now. */
    private void begin() {
        pages.forget();
        descent.begin();
    }

    private Entries entries(long pgno, long table, @Nullable KeyPlaces key) {
        byte[] page = known.peek(pgno);
        if (page == null) {
            return RowidEntries.NONE;
        }
        return key == null
                ? RowidEntries.of(page, pgno, table, descent)
                : new KeyEntries(page, pgno, table, key, pages);
    }

    /**
     * Takes note of a page that is about to be waited for, and asks for the rows after it if it holds one.
     *
     * @return whether it does
     */
    boolean approach(long pgno, PageList wanted) {
        begin();
        boolean isFound = false;
        for (int i = 0; i < LEAVES; i++) {
            IndexLeaf leaf = leaves[i];
            if (leaf == null) {
                continue;
            }
            if (find(leaf, pgno, wanted)) {
                isFound = true;
                leaf.strangers = 0;
                trail.touch(leaf.above); // Rows of a WITHOUT ROWID table come through many pages of the same kind.
            } else if (++leaf.strangers == STRANGERS_MAX) {
                leaves[i] = null;
            }
        }
        return isFound;
    }

    /** Returns the index leaf whose rows a reader goes through, with one of them on a page; null if none is. */
    @Nullable IndexLeaf leadingTo(long pgno) {
        for (IndexLeaf leaf : leaves) {
            if (leaf != null && leaf.isNear(pgno)) {
                return leaf;
            }
        }
        return null;
    }

    /** Looks for the entry whose row the reader wants: after the last one if it can be there, else anywhere. */
    private boolean find(IndexLeaf leaf, long pgno, PageList wanted) {
        int size = leaf.size();
        if (leaf.at >= 0 && leaf.cameBy != pgno && leaf.leadsThrough(leaf.at, pgno)) {
            leaf.cameBy = pgno; // It goes on to the same row.
            askOn(leaf, wanted);
            return true;
        }
        int from = leaf.at + 1;
        int to = leaf.at < 0 ? leaf.askedTo : Math.min(size, Math.max(from, leaf.askedTo) + ROWS_MAX);
        int ahead = leaf.next(pgno, from, to);
        if (ahead >= 0) {
            moveTo(leaf, pgno, ahead, wanted);
            return true;
        }
        if (leaf.at >= 0 && turns(leaf, pgno)) {
            leaf.turn(ROWS_MIN);
            moveTo(leaf, pgno, leaf.next(pgno, leaf.at + 1, size), wanted);
            return true;
        }
        int[] candidates = new int[CANDIDATES_MAX];
        int found = 0;
        boolean areThere = true;
        for (int entry = leaf.next(pgno, 0, size); entry >= 0; entry = leaf.next(pgno, entry + 1, size)) {
            areThere &= leaf.isThere(entry);
            int last = leaf.lastInARow(pgno, entry);
            // A page that leads to most entries is no leaf, or the only one: nothing can be told from it.
            if (last - entry > size / 2) {
                return !areThere;
            }
            candidates[found++ % CANDIDATES_MAX] = areThere ? last : entry;
            entry = last;
        }
        if (leaf.at >= 0 && found > 0) {
            leaf.leave();
        }
        if (found > 1 && !areThere) {
            leaf.at = -1; // The pages below it will tell which of them is meant.
            return true;
        }
        candidates = Arrays.copyOf(candidates, Math.min(found, CANDIDATES_MAX));
        if (leaf.oneKey && areLastOfTheirKeys(leaf, candidates)) {
            leaf.turn(ROWS_MIN);
            for (int i = 0; i < candidates.length; i++) {
                candidates[i] = leaf.lastInARow(pgno, size - 1 - candidates[i]);
            }
        }
        leaf.cameBy = pgno;
        // Rows of neighbouring keys lie on one page, as a rule: which of them is meant, the next page will tell.
        for (int candidate : candidates) {
            begin(leaf, candidate, wanted);
        }
        return found > 0;
    }

    /** Tells whether a page holds the row of an entry a little before the one that was read last. */
    private boolean turns(IndexLeaf leaf, long pgno) {
        return leaf.next(pgno, Math.max(0, leaf.at - ROWS_MIN), leaf.at) >= 0;
    }

    /** Tells whether a reader that comes to one of these first goes against the order: else it came to others first. */
    private boolean areLastOfTheirKeys(IndexLeaf leaf, int[] entries) {
        boolean areLast = false;
        for (int entry : entries) {
            if (entry + 1 < leaf.size() && leaf.key(entry + 1) == leaf.key(entry)) {
                return false;
            }
            areLast |= entry > 0 && leaf.key(entry - 1) == leaf.key(entry);
        }
        return areLast;
    }

    private void begin(IndexLeaf leaf, int entry, PageList wanted) {
        leaf.at = entry;
        leaf.rows = Math.max(leaf.rows, ROWS_MIN);
        for (int i = entry + 1; i < Math.min(leaf.size(), entry + 1 + leaf.rows); i++) {
            if (leaf.oneKey && leaf.key(i) != leaf.key(entry)) {
                break;
            }
            leaf.askedTo = Math.max(leaf.askedTo, i + 1);
            leaf.askFor(i, wanted);
        }
    }

    /** Takes note that the reader came to a row, of those of neighbouring entries on a page to the last one. */
    private void moveTo(IndexLeaf leaf, long pgno, int first, PageList wanted) {
        int entry = leaf.isThere(first) ? leaf.lastInARow(pgno, first) : first;
        if (leaf.at >= 0 && leaf.key(leaf.at) != leaf.key(entry)) {
            leaf.oneKey = false;
        }
        leaf.at = entry;
        leaf.cameBy = pgno;
        askOn(leaf, wanted);
        if (leaf.askedTo - entry <= leaf.rows / 2) {
            leaf.rows = Math.min(ROWS_MAX, 2 * leaf.rows);
            ask(leaf, entry, wanted);
        }
    }

    /** Asks for the next pages of ways that are known further by now. */
    private static void askOn(IndexLeaf leaf, PageList wanted) {
        for (int i = leaf.at + 1; i < leaf.askedTo; i++) {
            leaf.askFor(i, wanted);
        }
    }

    private static void ask(IndexLeaf leaf, int at, PageList wanted) {
        int to = Math.min(leaf.size(), at + 1 + leaf.rows);
        for (int i = Math.max(leaf.askedTo, leaf.at + 1); i < to; i++) {
            if (leaf.oneKey && leaf.key(i) != leaf.key(at)) {
                return;
            }
            leaf.askedTo = i + 1;
            leaf.askFor(i, wanted);
        }
    }
}
