package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** The column of an outer table whose values a join looks up elsewhere, or the number of its rows. */
final class JoinColumn {
    /** Stands for the number of a row. */
    static final int ROWID = -1;

    private final int column;
    private final RecordColumns row = new RecordColumns();

    JoinColumn(int column) {
        this.column = column;
    }

    /** Returns its value in an entry of a leaf page; null if it is NULL, or does not lie within the page. */
    @Nullable RecordColumns valueIn(byte[] page, long pgno, int i) {
        return row.readEntry(page, pgno, i) ? valueOf(row) : null;
    }

    /** Returns its value in a row that was read from a table, or an entry of an index; null as above. */
    @Nullable RecordColumns valueOf(RecordColumns row) {
        if (column == ROWID) {
            return RecordColumns.ofInteger(row.rowid());
        }
        return row.hasValue(column) ? row.only(column) : null;
    }
}
