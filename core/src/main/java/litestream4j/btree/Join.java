package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column of an outer table whose values a reader looks up in another tree, row after row. Where the next rows lead
 * is asked for together: as many at first as the reader came to in the rows that it went through before, none if that
 * was one, and twice as many with each batch of which half was wanted.
 *
 * <p>Used by one thread at a time.
 */
final class Join {
    private static final int ROWS_MIN = 8;

    /** Rows that are ahead at most: each may take a request of its own. */
    private static final int ROWS_MAX = 256;

    /** Rows behind those asked for that the reader may be at: conditions may leave out others. */
    private static final int SKIPPED_MAX = 64;

    /** Rows gone through before the list of them is made anew. */
    private static final int BEHIND_MAX = 512;

    /** How unlikely it has to be that chance led where values of the column do, as a power of one half. */
    private static final double PROOF = 10;

    /** Pages of the tree that were waited for and no row led to, before the join is taken for another. */
    private static final int STRANGERS_MAX = 8;

    /** Steps back after which it is said to go backwards: one may be chance. */
    private static final int TURN = 2;

    /** Root of the outer tree. */
    final long outer;

    /** What is looked up there: a column, or {@link JoinColumn#ROWID}. */
    final int column;

    final InnerTree inner;

    private final PageSource known;
    private final JoinColumn values;
    private final RowSource source;

    private double evidence;
    private int strangers;

    /** The leaf that was read last when a page was looked for in vain that something else had told; 0 if it was not. */
    private long vain;

    /** Whether the reader goes on from entries of an index to rows: the index may hold all that it wants. */
    private boolean leadsOn;

    private int direction = 1;
    private int backwards;
    private @Nullable OuterRows rows;
    private int beginnings;
    private List<@Nullable Way> ways = new ArrayList<>();

    /** The row that the reader is at; -1 if that is not known. */
    private int at = -1;

    /** The one that it was at first, since it began anew. */
    private int first;

    /** The page that it is about to wait for. */
    private long here;

    /** Rows that it came to of these. */
    private int used;

    /** Rows to be ahead of it, and up to which they are asked for. */
    private int window;

    private int askedTo;

    /** Pages that were asked for, and those of them that were wanted, since the window was last changed. */
    private int asked;

    private int came;

    /** Says which rows a reader goes through that is at a page. */
    @FunctionalInterface
    interface RowSource {
        OuterRows from(long leaf, JoinColumn column, int direction);
    }

    Join(long outer, int column, InnerTree inner, PageSource known, RowSource source) {
        this.outer = outer;
        this.column = column;
        this.inner = inner;
        this.known = known;
        this.values = new JoinColumn(column);
        this.source = source;
    }

    /**
     * Takes note that a look-up led where a value of the column does.
     *
     * @param chance that one would lead there that has nothing to do with it
     */
    void matched(double chance) {
        evidence -= Math.log(chance) / Math.log(2);
    }

    boolean isProven() {
        return evidence >= PROOF;
    }

    /** Tells whether it led elsewhere too often. */
    boolean isRefuted() {
        return strangers >= STRANGERS_MAX;
    }

    /**
     * Takes note of a page of the tree that is about to be waited for, and asks for those of the next rows.
     *
     * @param leaves pages of the outer tree that were read, the last one first
     * @param isComing whether it was asked for already
     * @return whether a row leads there
     */
    boolean approach(long pgno, long[] leaves, boolean isComing, PageList wanted) {
        int row = findOn(pgno);
        long newest = leaves.length == 0 ? 0 : leaves[0];
        boolean mayBegin = !isComing || newest != vain;
        for (int i = 0; mayBegin && row < 0 && i < leaves.length; i++) {
            row = findAnew(leaves[i], pgno);
        }
        if (row < 0) {
            strangers += isComing ? 0 : 1;
            vain = isComing ? newest : 0;
            return false;
        }
        backwards = row < at && !isComing ? backwards + 1 : 0;
        if (backwards >= TURN && leaves.length > 0) {
            backwards = 0;
            direction = -direction;
            int turned = findAnew(leaves[0], pgno);
            row = turned < 0 ? row : turned;
        }
        strangers = 0;
        here = pgno;
        moveTo(row, isComing, wanted);
        return true;
    }

    private int findOn(long pgno) {
        if (rows == null || !rows.areValid() || at - first > BEHIND_MAX) {
            return -1;
        }
        return find(rows, pgno, at, Math.max(askedTo, at) + SKIPPED_MAX);
    }

    /** Begins anew with the rows from a leaf on if one of these leads to a page; returns which one, or -1. */
    private int findAnew(long leaf, long pgno) {
        if (leaf == 0) {
            return -1;
        }
        OuterRows others = source.from(leaf, values, direction);
        List<@Nullable Way> before = ways;
        ways = new ArrayList<>();
        int row = find(others, pgno, 0, Math.max(others.size(), SKIPPED_MAX));
        if (row < 0) {
            ways = before;
        } else {
            begin(others);
        }
        return row;
    }

    /** Tells whether the row that the reader is at leads to a row on a page. */
    boolean isAt(long page) {
        Way way = at < 0 ? null : ways.get(at);
        return way != null && way.leadsToRow(page);
    }

    /** Returns the rows that those of the outer tree lead to, from the one on that the reader is at. */
    OuterRows rowsLedTo(JoinColumn sought) {
        return new JoinedRows(this, at, sought, known);
    }

    /** Tells whether it led somewhere since it was proven. */
    boolean hasBegun() {
        return rows != null;
    }

    /** Returns how often it began anew, with other rows of the outer tree. */
    int beginnings() {
        return beginnings;
    }

    /** Returns the way of a row that was asked for, as far as it is known; null if none is, or it was not. */
    @Nullable Way wayOf(int row) {
        return rows == null || row >= askedTo ? null : way(rows, row);
    }

    private void begin(OuterRows others) {
        rows = others;
        beginnings++;
        window = used < 2 ? 0 : Math.min(window, used);
        at = -1;
        used = 0;
        askedTo = 0;
        asked = 0;
        came = 0;
    }

    /**
     * Returns the row that leads to a page, the next one of several; -1 if none does.
     *
     * @param from the row that the reader is at
     * @param to up to which it may be by now
     */
    private int find(OuterRows through, long pgno, int from, int to) {
        for (int i = from; i < to && through.has(i); i++) {
            if (leads(through, i, pgno)) {
                return i;
            }
        }
        for (int i = from - 1; i >= Math.max(0, from - ROWS_MAX); i--) {
            if (leads(through, i, pgno)) {
                return i;
            }
        }
        return -1;
    }

    private boolean leads(OuterRows through, int i, long pgno) {
        Way way = way(through, i);
        if (way == null) {
            return false;
        }
        boolean isRow = way.leadsToRow(pgno);
        leadsOn |= isRow;
        return isRow || way.leadsThrough(pgno);
    }

    /** Returns the way of a row, as far as it is known by now. */
    private @Nullable Way way(OuterRows through, int i) {
        while (ways.size() <= i) {
            ways.add(null);
        }
        Way way = ways.get(i);
        if (way == null) {
            RecordColumns value = through.value(i);
            if (value == null) {
                return null;
            }
            way = new Way(value);
            ways.set(i, way);
        }
        inner.follow(way);
        return way;
    }

    private void moveTo(int row, boolean wasAsked, PageList wanted) {
        OuterRows through = Objects.requireNonNull(rows);
        first = at < 0 ? row : first;
        used += row == at ? 0 : 1;
        at = row;
        came += wasAsked ? 1 : 0;
        for (int i = at; i < askedTo; i++) {
            askOn(through, i, wanted);
        }
        if (window == 0) {
            window = used < 2 ? 0 : ROWS_MIN;
        } else if (askedTo - at > window / 2) {
            return;
        } else if (asked > 0) {
            window = Math.clamp(2 * came >= asked ? 2L * window : window / 2, ROWS_MIN, ROWS_MAX);
            asked = 0;
            came = 0;
        }
        for (int i = Math.max(at, askedTo); i <= at + window && through.has(i); i++) {
            askOn(through, i, wanted);
            askedTo = i + 1;
        }
    }

    /** Asks for what is known by now of the way of a row. */
    private void askOn(OuterRows through, int i, PageList wanted) {
        Way way = way(through, i);
        if (way != null) {
            ask(way, wanted);
        }
    }

    private void ask(Way way, PageList wanted) {
        ask(way.nextLeaf(), wanted);
        if (leadsOn) {
            for (long row = way.nextRow(); row != 0; row = way.nextRow()) {
                ask(row, wanted);
            }
        }
    }

    private void ask(long pgno, PageList wanted) {
        if (pgno != 0 && pgno != here && known.peek(pgno) == null) {
            wanted.add(pgno);
            asked++;
        }
    }
}
