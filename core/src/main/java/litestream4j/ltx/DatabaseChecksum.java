package litestream4j.ltx;

/**
 * The rolling checksum of a database, as in headers and trailers of files without NoChecksum: the XOR of the
 * checksums of all pages but the lock page, with bit 63 set so that it is never 0.
 *
 * <p>It can be kept up to date: {@link #combine combine} the old checksum of a changed or dropped page to take
 * it out, and the new one to put it in.
 */
public final class DatabaseChecksum {
    /** The checksum of a database without pages. */
    public static final long EMPTY = 0x8000_0000_0000_0000L;

    private DatabaseChecksum() {}

    /**
     * Returns the checksum of one page: a CRC over its number, as 4 bytes, and its bytes; bit 63 is set.
     *
     * @param pgno in [1, 2^32 - 1]
     * @param page the whole page
     */
    public static long page(long pgno, byte[] page) {
        byte[] number = new byte[Integer.BYTES];
        BigEndian.put32(number, 0, (int) pgno);
        Crc64Iso crc = new Crc64Iso();
        crc.update(number, 0, number.length);
        crc.update(page, 0, page.length);
        return crc.value() | EMPTY;
    }

    /**
     * Puts a page into a database's checksum, or takes out one that is in it.
     *
     * @param rolling the checksum so far; {@link #EMPTY} to begin with
     * @param pageChecksum as {@link #page page} gives it
     */
    public static long combine(long rolling, long pageChecksum) {
        return (rolling ^ pageChecksum) | EMPTY;
    }

    /** Tells whether a number can be the checksum of a database: bit 63 is always set. */
    static boolean isValid(long checksum) {
        return checksum < 0;
    }
}
