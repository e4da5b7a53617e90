package litestream4j.btree;

/** The column of an outer table whose values a join looks up elsewhere, or the number of its rows. */
final class JoinColumn {
    /** Stands for the number of a row. */
    static final int ROWID = -1;

    /** Longer ones are rare as keys, and hundreds of them are kept. */
    private static final int BYTES_MAX = 256;

    /** Leads nowhere. */
    private static final RecordColumns NOTHING = RecordColumns.ofNull();

    private final int column;
    private final RecordColumns row = new RecordColumns();

    JoinColumn(int column) {
        this.column = column;
    }

    /** Returns its value in an entry of a leaf page; NULL also if it is long, or does not lie within the page. */
    RecordColumns valueIn(byte[] page, long pgno, int i) {
        return row.readEntry(page, pgno, i) ? valueOf(row) : NOTHING;
    }

    /** Returns its value in a row that was read from a table, or an entry of an index; NULL as above. */
    RecordColumns valueOf(RecordColumns read) {
        if (column == ROWID) {
            return RecordColumns.ofInteger(read.rowid());
        }
        return read.hasValue(column) && read.bytes(column) <= BYTES_MAX ? read.only(column) : NOTHING;
    }
}
