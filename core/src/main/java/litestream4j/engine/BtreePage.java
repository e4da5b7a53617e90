package litestream4j.engine;

/**
 * The children that an interior b-tree page names, in key order: the pages that a scan wants next.
 *
 * <p>Only a hint for read-ahead. A page of another kind whose first byte looks like an interior page's gives nonsense
 * that is checked for range and otherwise costs a wasted read.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#b_tree_pages">SQLite file format, b-tree pages</a>
 */
final class BtreePage {
    private static final int INTERIOR_INDEX = 2;
    private static final int INTERIOR_TABLE = 5;

    /** The database header, before the b-tree header of page 1. */
    private static final int FILE_HEADER_BYTES = 100;

    private static final int CELL_COUNT = 3;
    private static final int RIGHT_CHILD = 8;
    private static final int HEADER_BYTES = 12;

    private static final int[] NONE = {};

    private BtreePage() {}

    /**
     * Returns the children of a page as unsigned page numbers in key order; none if it is no interior page.
     *
     * @param pages size of the database: what points beyond it, or to page 1, makes the page no interior page
     */
    static int[] children(byte[] page, long pgno, long pages) {
        int header = pgno == 1 ? FILE_HEADER_BYTES : 0;
        int kind = page[header];
        if (kind != INTERIOR_TABLE && kind != INTERIOR_INDEX) {
            return NONE;
        }
        int cells = u16(page, header + CELL_COUNT);
        if (header + HEADER_BYTES + 2 * cells > page.length) {
            return NONE;
        }
        int[] children = new int[cells + 1];
        for (int i = 0; i <= cells; i++) {
            int at = i == cells ? header + RIGHT_CHILD : u16(page, header + HEADER_BYTES + 2 * i);
            if (at + Integer.BYTES > page.length) {
                return NONE;
            }
            long child = u32(page, at);
            if (child < 2 || child > pages) {
                return NONE;
            }
            children[i] = (int) child;
        }
        return children;
    }

    private static int u16(byte[] page, int at) {
        return ((page[at] & 0xFF) << 8) | (page[at + 1] & 0xFF);
    }

    private static long u32(byte[] page, int at) {
        return ((long) u16(page, at) << 16) | u16(page, at + 2);
    }
}
