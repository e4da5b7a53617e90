package litestream4j.btree;

import java.util.Arrays;

/** The way of a value that a join looks up, as far as it is known, and what of it was asked for. */
final class Way {
    private static final long[] NONE = {};

    final RecordColumns value;

    /** The leaf where it ends, or the first page on the way there that is not in memory; 0 if it is not known. */
    private long leaf;

    /** Pages that had to come before it was known how it goes on. */
    private long[] passed = NONE;

    private boolean hasLeaf;
    private boolean isDone;
    private long[] rowids = NONE;
    private long[] rows = NONE;

    /** What was asked for: the leaf, or the page on the way there, and how many of the rows. */
    private long askedLeaf;

    private int askedRows;

    Way(RecordColumns value) {
        this.value = value;
    }

    long leaf() {
        return leaf;
    }

    /** Tells whether the leaf is known for sure. */
    boolean hasLeaf() {
        return hasLeaf;
    }

    /** Tells whether nothing is left to find out. */
    boolean isDone() {
        return isDone;
    }

    /** Returns how many rows there are, as far as is known. */
    int rows() {
        return rows.length;
    }

    /** Returns the page that holds a row. */
    long row(int i) {
        return rows[i];
    }

    long rowid(int i) {
        return rowids[i];
    }

    boolean leadsThrough(long pgno) {
        return pgno == leaf || isAmong(passed, pgno);
    }

    boolean leadsToRow(long pgno) {
        return isAmong(rows, pgno);
    }

    private static boolean isAmong(long[] pages, long pgno) {
        for (long page : pages) {
            if (page == pgno) {
                return true;
            }
        }
        return false;
    }

    /** Takes note of a page further on. */
    void goOnTo(long page) {
        if (leaf != 0 && leaf != page && !isAmong(passed, leaf)) {
            passed = Arrays.copyOf(passed, passed.length + 1);
            passed[passed.length - 1] = leaf;
        }
        leaf = page;
    }

    /** Takes note that the page come to last is the leaf. */
    void arrive() {
        hasLeaf = true;
    }

    /** Takes note of the rows at its end. */
    void end(long[] numbers, long[] pages) {
        hasLeaf = true;
        isDone = true;
        rowids = numbers;
        rows = pages;
    }

    /** Returns the leaf, or what is known of the way there, if that was not asked for yet; else 0. */
    long nextLeaf() {
        if (leaf == askedLeaf) {
            return 0;
        }
        askedLeaf = leaf;
        return leaf;
    }

    /** Returns the page of a row that was not asked for yet; 0 if there is none. */
    long nextRow() {
        while (askedRows < rows.length) {
            long page = rows[askedRows++];
            if (page != leaf) {
                return page;
            }
        }
        return 0;
    }
}
