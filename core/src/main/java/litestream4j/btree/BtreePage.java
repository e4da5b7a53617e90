package litestream4j.btree;

/**
 * The header and the cells of a b-tree page. A page of another kind whose first byte looks like one of these gives
 * nonsense, which stays within the page.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#b_tree_pages">SQLite file format, b-tree pages</a>
 */
public final class BtreePage {
    static final int INTERIOR_INDEX = 2;
    static final int INTERIOR_TABLE = 5;
    static final int LEAF_INDEX = 10;
    static final int LEAF_TABLE = 13;

    /** The database header, before the b-tree header of page 1. */
    private static final int FILE_HEADER_BYTES = 100;

    private static final int CELL_COUNT = 3;
    private static final int RIGHT_CHILD = 8;
    private static final int LEAF_HEADER_BYTES = 8;
    private static final int INTERIOR_HEADER_BYTES = 12;

    /** The number of the first overflow page, behind what lies in the page itself. */
    private static final int LINK_BYTES = 4;

    private static final int[] NONE = {};

    private BtreePage() {}

    private static int header(long pgno) {
        return pgno == 1 ? FILE_HEADER_BYTES : 0;
    }

    /** Returns the first byte of the b-tree header: one of the constants here, if it is a b-tree page. */
    static int kind(byte[] page, long pgno) {
        return page[header(pgno)];
    }

    /** Tells whether a page may be an interior b-tree page, whose children {@link #children} returns. */
    public static boolean isInterior(byte[] page, long pgno) {
        int kind = kind(page, pgno);
        return kind == INTERIOR_TABLE || kind == INTERIOR_INDEX;
    }

    /** Returns the number of cells; 0 if the page has no room for so many. */
    static int cells(byte[] page, long pgno) {
        int header = header(pgno);
        int cells = u16(page, header + CELL_COUNT);
        return pointers(page, pgno) + 2 * cells > page.length ? 0 : cells;
    }

    /** Returns where a cell begins. */
    static int cell(byte[] page, long pgno, int i) {
        return u16(page, pointers(page, pgno) + 2 * i);
    }

    private static int pointers(byte[] page, long pgno) {
        return header(pgno) + (isInterior(page, pgno) ? INTERIOR_HEADER_BYTES : LEAF_HEADER_BYTES);
    }

    /**
     * Returns the children of a page as unsigned page numbers in key order; none if it is no interior page.
     *
     * @param pages size of the database: what points beyond it, or to page 1, makes the page no interior page
     */
    public static int[] children(byte[] page, long pgno, long pages) {
        if (!isInterior(page, pgno)) {
            return NONE;
        }
        int cells = cells(page, pgno);
        int[] children = new int[cells + 1];
        for (int i = 0; i <= cells; i++) {
            long child = child(page, pgno, i, cells);
            if (child < 2 || child > pages) {
                return NONE;
            }
            children[i] = (int) child;
        }
        return children;
    }

    /** Returns the child before cell i, or the last one if i is the number of cells; 0 if it is not in the page. */
    static long child(byte[] page, long pgno, int i, int cells) {
        int at = i == cells ? header(pgno) + RIGHT_CHILD : cell(page, pgno, i);
        return at + Integer.BYTES > page.length ? 0 : u32(page, at);
    }

    /** Returns the child of an interior table page that leads to a row; 0 if the page is damaged. */
    static long childFor(byte[] page, long pgno, long rowid) {
        int cells = cells(page, pgno);
        int low = 0;
        int high = cells;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int key = cell(page, pgno, middle) + Integer.BYTES;
            if (Varint.length(page, key) == 0) {
                return 0;
            }
            if (Varint.value(page, key) >= rowid) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return child(page, pgno, low, cells);
    }

    /** Returns how much of a payload lies in a leaf page of a table itself, and not in overflow pages. */
    static long localOfTable(int pageBytes, long payload) {
        return local(pageBytes, payload, pageBytes - 35L);
    }

    /** Returns the same for a page of an index. */
    static long localOfIndex(int pageBytes, long payload) {
        return local(pageBytes, payload, (pageBytes - 12L) * 64 / 255 - 23);
    }

    /** Reserved bytes, which few databases have, are left out. */
    private static long local(int pageBytes, long payload, long most) {
        if (payload <= most) {
            return payload;
        }
        long least = (pageBytes - 12L) * 32 / 255 - 23;
        long rest = least + (payload - least) % (pageBytes - LINK_BYTES);
        return rest <= most ? rest : least;
    }

    static int u16(byte[] page, int at) {
        return ((page[at] & 0xFF) << 8) | (page[at + 1] & 0xFF);
    }

    static long u32(byte[] page, int at) {
        return ((long) u16(page, at) << 16) | u16(page, at + 2);
    }
}
