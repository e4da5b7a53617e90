package litestream4j.btree;

/** The table or index that a join looks up values in, and the way of each. */
final class InnerTree {
    /** Entries with the same value whose rows are looked for; once the first is read, {@link RowLookups} goes on. */
    private static final int ROWS_MAX = 8;

    private static final long[] NONE = {};

    private final long root;
    private final boolean isIndex;

    /** Root of the table that the index leads to; 0 if it is none, or that is not known. */
    private final long table;

    private final PageSource known;
    private final TableDescent tables;
    private final IndexDescent indexes;

    InnerTree(long root, boolean isIndex, long table, PageSource known, TableDescent tables, IndexDescent indexes) {
        this.root = root;
        this.isIndex = isIndex;
        this.table = table;
        this.known = known;
        this.tables = tables;
        this.indexes = indexes;
    }

    /** Tells whether it, or the table that it is an index of, has a root. */
    boolean has(long anyRoot) {
        return anyRoot == root || (anyRoot == table && table != 0);
    }

    long root() {
        return root;
    }

    /** Follows a way as far as the pages are in memory. */
    void follow(Way way) {
        if (way.isDone()) {
            return;
        }
        if (!way.value.hasValue(0) || !(isIndex || way.value.isInteger(0))) {
            way.end(NONE, NONE); // It leads nowhere.
        } else if (isIndex) {
            followInIndex(way);
        } else {
            long rowid = way.value.integer(0);
            way.goOnTo(tables.pageOf(root, rowid));
            if (tables.hasArrived()) {
                way.end(new long[] {rowid}, new long[] {way.leaf()});
            }
        }
    }

    private void followInIndex(Way way) {
        if (!way.hasLeaf()) {
            way.goOnTo(indexes.pageOf(root, way.value));
            if (indexes.hasArrived()) {
                way.arrive();
            }
        }
        byte[] page = way.hasLeaf() ? known.peek(way.leaf()) : null;
        if (page == null) {
            return;
        }
        long[] rowids = table == 0 ? NONE : indexes.rowids(page, way.leaf(), way.value, ROWS_MAX);
        long[] pages = new long[rowids.length];
        for (int i = 0; i < rowids.length; i++) {
            pages[i] = tables.pageOf(table, rowids[i]); // If that is one on the way, the reader will wait for the next.
        }
        way.end(rowids, pages);
    }
}
