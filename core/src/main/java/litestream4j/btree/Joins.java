package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups of joins. A join reads a row of one table, and looks up what stands in one of its columns in another
 * table or an index: as many waits as there are rows, if each page is fetched when it is asked for. A program that
 * reads some rows and then those that they refer to, one by one or with IN, does the same.
 *
 * <p>Nothing says which column it is; but when a page was waited for that nothing had told, the values that lead there
 * are known from the interior page above it. A column that has one of these on a leaf read just before, and again at
 * the next look-ups in the same tree until chance is unlikely, is what the reader goes by: see {@link Join}.
 *
 * <p>Used by one thread at a time.
 */
final class Joins {
    /** Rows looked at after one wait, about: with pages of 64 KiB there are thousands on these leaves. */
    private static final int ROWS_MAX = 2000;

    private static final int JOINS = 16;

    private static final long[] NONE = {};

    /** More columns than that, few tables have; one bit each, and one for the number of the row. */
    private static final int COLUMNS_MAX = Long.SIZE - 1;

    private final PageSource known;
    private final InteriorTrail trail;
    private final SchemaRoots schema;
    private final RowLookups rows;
    private final RecentLeaves leaves;
    private final PagesByDepth pages;
    private final TableDescent tables;
    private final IndexDescent indexes;
    private final RecordColumns row = new RecordColumns();

    /** Those seen to match some time, the one that was begun or of use longest ago first. */
    private final List<Join> joins = new ArrayList<>(JOINS);

    Joins(PageSource known, InteriorTrail trail, SchemaRoots schema, RowLookups rows) {
        this.known = known;
        this.trail = trail;
        this.schema = schema;
        this.rows = rows;
        this.leaves = new RecentLeaves(trail, schema);
        this.pages = new PagesByDepth(known);
        this.tables = new TableDescent(pages);
        this.indexes = new IndexDescent(pages);
    }

    /**
     * Takes note of a leaf page that was read, of a table or an index.
     *
     * @param parent the page that names it; null if it is a root, or that is not known
     */
    void leaf(long pgno, @Nullable InteriorPage parent) {
        leaves.add(pgno, parent);
    }

    /**
     * Takes note of a page that is about to be waited for, and asks for those that the next rows lead to.
     *
     * @param parent the page that names it; null if that is not known
     * @param isTold whether something else told that it would be read
     * @return whether a join leads there
     */
    boolean approach(long pgno, @Nullable InteriorPage parent, boolean isTold, PageList wanted) {
        pages.forget();
        tables.begin();
        leaves.settle();
        long root = parent == null ? 0 : leaves.rootOf(parent);
        if (approach(pgno, root, isTold, wanted)) {
            return true;
        }
        if (isTold || parent == null || !schema.isRoot(root)) {
            return false;
        }
        KeyRange range = KeyRange.of(parent, pgno, known);
        return range != null && learn(range, root, parent) && begin(pgno, root, wanted);
    }

    /** Lets joins begin that were just learnt. */
    private boolean begin(long pgno, long root, PageList wanted) {
        boolean isFound = false;
        for (Join join : joins) {
            if (join.isProven() && !join.hasBegun() && join.inner.root() == root) {
                isFound |= join.approach(pgno, leaves.of(join.outer), false, wanted);
            }
        }
        return isFound;
    }

    private boolean approach(long pgno, long root, boolean isTold, PageList wanted) {
        boolean isFound = false;
        for (int i = joins.size() - 1; i >= 0; i--) {
            Join join = joins.get(i);
            // A page of which is not known where it belongs may be one that a join has asked for.
            if (join.isProven() && (root == 0 ? join.hasBegun() : join.inner.has(root))) {
                boolean leads = join.approach(pgno, leaves.of(join.outer), isTold || root == 0, wanted);
                if (leads || join.isRefuted()) {
                    joins.remove(i);
                }
                if (leads) {
                    joins.add(join);
                    isFound = true;
                }
            }
        }
        return isFound;
    }

    /** Looks for columns that lead where the reader goes; returns whether one is known by now to do so. */
    private boolean learn(KeyRange range, long root, InteriorPage parent) {
        double leavesOfTree = parent.leavesOfTree();
        boolean isProof = false;
        int most = ROWS_MAX;
        for (long outer : leaves.trees()) {
            long columns = 0;
            int seen = 0;
            for (long leaf : outer == root ? NONE : leaves.of(outer)) {
                byte[] page = leaf == 0 || columns != 0 ? null : known.peek(leaf);
                int cells = page == null || BtreePage.isInterior(page, leaf) ? 0 : BtreePage.cells(page, leaf);
                // Where nearly any value would be among so many, that one is tells nothing.
                if (page != null && cells > 0 && seen + cells <= Math.min(most, leavesOfTree / 2)) {
                    columns = columnsWithin(range, page, leaf);
                    seen += cells;
                }
            }
            most -= seen;
            if (seen > 0) {
                isProof |= learn(outer, columns, seen / leavesOfTree, root, parent.isIndex);
            }
        }
        return isProof;
    }

    /** Returns a bit for the number of a row, and one for each column, of those that have a value within a range. */
    private long columnsWithin(KeyRange range, byte[] page, long pgno) {
        boolean isTable = BtreePage.kind(page, pgno) == BtreePage.LEAF_TABLE;
        long columns = 0;
        for (int i = 0; i < BtreePage.cells(page, pgno); i++) {
            if (!row.readEntry(page, pgno, i)) {
                return 0;
            }
            if (isTable && range.contains(row.rowid())) {
                columns |= 1;
            }
            for (int column = 0; column < Math.min(row.columns(), COLUMNS_MAX); column++) {
                if (range.contains(row, column)) {
                    columns |= 2L << column;
                }
            }
        }
        return columns;
    }

    private boolean learn(long outer, long columns, double chance, long root, boolean isIndex) {
        long fresh = columns;
        boolean isProof = false;
        for (int i = joins.size() - 1; i >= 0; i--) {
            Join join = joins.get(i);
            if (join.outer != outer || join.inner.root() != root) {
                continue;
            }
            long bit = 1L << (join.column + 1);
            if (!join.isProven()) {
                if ((columns & bit) == 0) {
                    joins.remove(i);
                } else {
                    join.matched(chance);
                    isProof |= join.isProven();
                }
            }
            fresh &= ~bit;
        }
        for (; fresh != 0; fresh &= fresh - 1) {
            begin(outer, Long.numberOfTrailingZeros(fresh) - 1, isIndex, root).matched(chance);
        }
        return isProof;
    }

    private Join begin(long outer, int column, boolean isIndex, long root) {
        long table = isIndex && schema.keyOf(root) == null ? schema.tableOf(root) : 0;
        if (table == outer) {
            table = 0; // A scan comes to these rows by itself, and tells nothing of where its look-ups lead.
        }
        if (joins.size() == JOINS) {
            joins.remove(firstNotProven());
        }
        InnerTree inner = new InnerTree(root, isIndex, table, known, tables, indexes);
        Join join = new Join(outer, column, inner, known, this::rowsFrom);
        joins.add(join);
        return join;
    }

    private int firstNotProven() {
        for (int i = 0; i < joins.size(); i++) {
            if (!joins.get(i).isProven()) {
                return i;
            }
        }
        return 0;
    }

    private OuterRows rowsFrom(long leaf, JoinColumn column, int direction) {
        for (Join join : joins.reversed()) {
            if (join.isAt(leaf)) {
                return join.rowsLedTo(column);
            }
        }
        IndexLeaf leading = rows.leadingTo(leaf);
        return leading == null
                ? new ScannedRows(known, trail, leaf, column, direction)
                : new LedRows(known, leading, column);
    }
}
