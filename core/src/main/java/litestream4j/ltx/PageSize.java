package litestream4j.ltx;

/**
 * The page size of a database: a power of two from 512 to 65536 bytes.
 *
 * @param bytes the size
 */
public record PageSize(int bytes) {
    /** The smallest page size of SQLite, in bytes. */
    public static final int BYTES_MIN = 512;

    /** The greatest page size of SQLite, in bytes. */
    public static final int BYTES_MAX = 65536;

    /** The byte at which SQLite places its file locks; the page around it never holds data. */
    private static final long LOCK_BYTE = 0x40000000L;

    public PageSize {
        if (!isValid(bytes)) {
            throw new IllegalArgumentException("page size must be a power of two in [512, 65536]: " + bytes);
        }
    }

    /** Tells whether a number, from wherever, is a page size. */
    public static boolean isValid(long bytes) {
        return bytes >= BYTES_MIN && bytes <= BYTES_MAX && Long.bitCount(bytes) == 1;
    }

    /** Returns the number of the page that holds the lock byte, and is never stored in an LTX file. */
    public long lockPage() {
        return LOCK_BYTE / bytes + 1;
    }

    /** Returns where a page begins in the database file, in bytes. */
    public long offsetOf(long pgno) {
        return (pgno - 1) * bytes;
    }

    /** Returns the page around a byte of the database file. */
    public long pageAt(long offset) {
        return offset / bytes + 1;
    }
}
