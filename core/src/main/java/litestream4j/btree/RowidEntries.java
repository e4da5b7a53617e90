package litestream4j.btree;

import java.util.Arrays;

/** Entries that end with the number of a row. */
final class RowidEntries implements Entries {
    /** Those of a page that is not in memory. */
    static final Entries NONE =
            new RowidEntries(new TableDescent(new PagesByDepth(pgno -> null)), 0, new long[0], new long[0]);

    private final TableDescent descent;
    private final long table;
    private final long[] rowids;
    private final long[] keys;

    private RowidEntries(TableDescent descent, long table, long[] rowids, long[] keys) {
        this.descent = descent;
        this.table = table;
        this.rowids = rowids;
        this.keys = keys;
    }

    /**
     * Reads a leaf page of an index. Ends before the first entry that does not lie in the page as a whole, or does
     * not end with a row's number.
     *
     * @param table root of the table
     */
    static RowidEntries of(byte[] page, long pgno, long table, TableDescent descent) {
        int cells = BtreePage.cells(page, pgno);
        long[] rowids = new long[cells];
        long[] keys = new long[cells];
        RecordColumns record = new RecordColumns();
        for (int i = 0; i < cells; i++) {
            int cell = BtreePage.cell(page, pgno, i);
            int lengthBytes = Varint.length(page, cell);
            int last = lengthBytes > 0 && record.read(page, cell + lengthBytes, Varint.value(page, cell))
                    ? record.columns() - 1
                    : 0;
            if (last < 1 || !record.isInteger(last) || spills(page.length, Varint.value(page, cell))) {
                return new RowidEntries(descent, table, Arrays.copyOf(rowids, i), Arrays.copyOf(keys, i));
            }
            rowids[i] = record.integer(last);
            keys[i] = record.hash(0);
        }
        return new RowidEntries(descent, table, rowids, keys);
    }

    /** Tells whether a payload goes on in an overflow page. Reserved bytes, which few databases have, are left out. */
    private static boolean spills(int pageBytes, long payload) {
        return BtreePage.localOfIndex(pageBytes, payload) < payload;
    }

    @Override
    public int size() {
        return rowids.length;
    }

    @Override
    public long key(int i) {
        return keys[i];
    }

    @Override
    public long pageOf(int i) {
        return descent.pageOf(table, rowids[i]);
    }

    @Override
    public boolean isThere(int i) {
        return true; // Interior pages of such tables are few, and here as a rule.
    }

    @Override
    public boolean leadsThrough(int i, long pgno) {
        return pageOf(i) == pgno;
    }

    @Override
    public boolean readRow(int i, byte[] page, long pgno, RecordColumns row) {
        return row.readRow(page, pgno, rowids[i]);
    }
}
