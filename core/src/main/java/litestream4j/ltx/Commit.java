package litestream4j.ltx;

/**
 * The size of the database after a transaction, in pages. The only source of a database's size.
 *
 * @param pages in [0, 2^32 - 1]
 */
public record Commit(long pages) implements Comparable<Commit> {
    /** The greatest page number that the format can hold. */
    public static final long PAGES_MAX = 0xFFFF_FFFFL;

    public Commit {
        if (pages < 0 || pages > PAGES_MAX) {
            throw new IllegalArgumentException("commit must be in [0, 2^32 - 1]: " + pages);
        }
    }

    /** Returns the size of the database file. */
    public long bytes(PageSize pageSize) {
        return pages * pageSize.bytes();
    }

    @Override
    public int compareTo(Commit other) {
        return Long.compare(pages, other.pages);
    }
}
