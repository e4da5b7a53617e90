package litestream4j.btree;

import java.util.Arrays;

/** The entries of an index's leaf page, in key order: to which rows they lead, and which have the same key. */
final class IndexEntries {
    static final IndexEntries NONE = new IndexEntries(new long[0], new long[0]);

    private final long[] rowids;
    private final long[] keys;

    private IndexEntries(long[] rowids, long[] keys) {
        this.rowids = rowids;
        this.keys = keys;
    }

    /**
     * Reads a leaf page of an index. Ends before the first entry that does not lie in the page as a whole, or does
     * not end with a row's number.
     */
    static IndexEntries of(byte[] page, long pgno) {
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
                return new IndexEntries(Arrays.copyOf(rowids, i), Arrays.copyOf(keys, i));
            }
            rowids[i] = record.integer(last);
            keys[i] = record.hash(0);
        }
        return new IndexEntries(rowids, keys);
    }

    /** Tells whether a payload goes on in an overflow page. Reserved bytes, which few databases have, are left out. */
    private static boolean spills(int pageBytes, long payload) {
        return payload > (pageBytes - 12L) * 64 / 255 - 23;
    }

    int size() {
        return rowids.length;
    }

    /** Returns the number of the row that an entry leads to. */
    long rowid(int i) {
        return rowids[i];
    }

    /** Returns a number that is the same in entries with the same first column. */
    long key(int i) {
        return keys[i];
    }
}
