package litestream4j.btree;

/**
 * SQLite's integers of variable length: 1 to 9 bytes, most significant first, seven bits each but for a ninth one.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#varint">SQLite file format, varint</a>
 */
final class Varint {
    private static final int BYTES_MAX = 9;

    private Varint() {}

    /** Returns the length of the number at a place, in bytes; 0 if it does not end within the page. */
    static int length(byte[] page, int at) {
        if (at < 0) {
            return 0;
        }
        int length = 1;
        while (at + length <= page.length) {
            if (length == BYTES_MAX || page[at + length - 1] >= 0) {
                return length;
            }
            length++;
        }
        return 0;
    }

    /** Returns the number at a place; {@link #length} must have told that there is one. */
    static long value(byte[] page, int at) {
        long value = 0;
        for (int i = 0; i < BYTES_MAX - 1; i++) {
            byte b = page[at + i];
            value = (value << 7) | (b & 0x7F);
            if (b >= 0) {
                return value;
            }
        }
        return (value << 8) | (page[at + BYTES_MAX - 1] & 0xFF);
    }
}
