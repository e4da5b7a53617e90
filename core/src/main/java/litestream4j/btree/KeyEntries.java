package litestream4j.btree;

import java.util.Arrays;

/**
 * Entries of an index of a WITHOUT ROWID table, whose rows lie in a b-tree of the same kind. Its interior pages have
 * few children where rows are wide, and hold rows themselves, so they may be missing at several heights. How far the
 * way to each row is known is remembered, and where it led: a reader comes to all these pages.
 */
final class KeyEntries implements Entries {
    private static final int DEPTH_MAX = PagesByDepth.DEPTH_MAX;

    private static final long[] NO_PAGES = {};

    private final PagesByDepth pages;
    private final KeyPlaces key;
    private final byte[] page;
    private final int[] cells;
    private final long[] hashes;

    /** The page on the way to each row from which on it is not known; 0 if it leads nowhere. */
    private final long[] reached;

    /** Pages above that one; {@link #DEPTH_MAX} if the row is there. */
    private final byte[] depths;

    /** Pages of each way that were not in memory at first. */
    private final long[][] passed;

    /** Interior pages above each leaf of the table; -1 if that is not known. */
    private int height = -1;

    private final RecordColumns entry = new RecordColumns();
    private final RecordColumns row = new RecordColumns();

    /**
     * Reads a leaf page of an index.
     *
     * @param table root of the table
     */
    KeyEntries(byte[] page, long pgno, long table, KeyPlaces key, PagesByDepth pages) {
        this.pages = pages;
        this.key = key;
        this.page = page.clone(); // The array is that of the next page that is looked at as well.
        int size = BtreePage.cells(page, pgno);
        this.cells = new int[size];
        this.hashes = new long[size];
        this.reached = new long[size];
        this.depths = new byte[size];
        this.passed = new long[size][];
        Arrays.fill(passed, NO_PAGES);
        for (int i = 0; i < size; i++) {
            cells[i] = BtreePage.cell(page, pgno, i);
            if (entry.readKey(page, cells[i], key.columns())) {
                hashes[i] = entry.hash(0);
                reached[i] = table;
            }
        }
    }

    @Override
    public int size() {
        return cells.length;
    }

    @Override
    public long key(int i) {
        return hashes[i];
    }

    @Override
    public long pageOf(int i) {
        boolean wasMissing = depths[i] > 0;
        while (reached[i] != 0 && !isThere(i)) {
            long pgno = reached[i];
            byte[] image = pages.at(depths[i], pgno);
            if (image == null) {
                break;
            }
            int kind = BtreePage.kind(image, pgno);
            if (kind == BtreePage.LEAF_INDEX) {
                height = depths[i];
                break;
            }
            if (wasMissing) {
                passed[i] = Arrays.copyOf(passed[i], passed[i].length + 1);
                passed[i][passed[i].length - 1] = pgno;
                wasMissing = false;
            }
            reached[i] = kind == BtreePage.INTERIOR_INDEX ? next(image, pgno, i) : 0;
            depths[i] = (byte) (reached[i] == pgno ? DEPTH_MAX : depths[i] + 1);
        }
        return reached[i];
    }

    /** Returns the child of an interior page that leads to a row, or the page itself if it holds it; 0 if damaged. */
    private long next(byte[] image, long pgno, int i) {
        if (!entry.readKey(page, cells[i], key.columns())) {
            return 0;
        }
        int count = BtreePage.cells(image, pgno);
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (!row.readKey(
                    image,
                    BtreePage.cell(image, pgno, middle) + Integer.BYTES,
                    key.key().size())) {
                return 0;
            }
            int order = key.compare(entry, row);
            if (order == 0) {
                return pgno;
            }
            if (order < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return BtreePage.child(image, pgno, low, count);
    }

    @Override
    public boolean isThere(int i) {
        return depths[i] == height || depths[i] == DEPTH_MAX;
    }

    @Override
    public boolean leadsThrough(int i, long pgno) {
        return pageOf(i) == pgno || Arrays.stream(passed[i]).anyMatch(each -> each == pgno);
    }

    @Override
    public boolean readRow(int i, byte[] page, long pgno, RecordColumns row) {
        return false; // A join from such a row to the next one waits for each: too rare for a search by key.
    }
}
