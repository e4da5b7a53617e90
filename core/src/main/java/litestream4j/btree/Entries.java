package litestream4j.btree;

/** The entries of an index's leaf page, in key order, and where the rows are that they lead to. */
interface Entries {
    int size();

    /** Returns a number that is the same in entries with the same first column. */
    long key(int i);

    /** Returns the page that holds an entry's row, or the first one on the way not in memory; 0 if there is none. */
    long pageOf(int i);

    /** Tells whether {@link #pageOf} is the page of the row itself; if that is not known, it may be one on the way. */
    boolean isThere(int i);

    /** Tells whether a page is the one of {@link #pageOf}, or was it before. */
    boolean leadsThrough(int i, long pgno);

    /**
     * Reads an entry's row from the page that holds it.
     *
     * @return whether it is there and can be told from the others
     */
    boolean readRow(int i, byte[] page, long pgno, RecordColumns row);
}
