package litestream4j.btree;

import java.nio.charset.StandardCharsets;

/**
 * The columns of one record, as far as they lie within the page. Reused for one record after the other.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#record_format">SQLite file format, record format</a>
 */
final class RecordColumns {
    /** More than an index can have, and as many as are looked at in any other record. */
    private static final int COLUMNS_MAX = 64;

    private static final int TEXT_OR_BLOB = 12;

    private final long[] types = new long[COLUMNS_MAX];
    private final int[] starts = new int[COLUMNS_MAX + 1];
    private byte[] page = {};
    private int columns;

    /**
     * Reads the header of a record.
     *
     * @param from where the payload begins
     * @param payload its length, in bytes, as the cell says
     * @return whether this is a record whose header lies within the page
     */
    boolean read(byte[] page, int from, long payload) {
        this.page = page;
        columns = 0;
        int lengthBytes = Varint.length(page, from);
        if (lengthBytes == 0) {
            return false;
        }
        long headerBytes = Varint.value(page, from);
        if (headerBytes < lengthBytes || headerBytes > payload || headerBytes > page.length - from) {
            return false;
        }
        int end = from + (int) headerBytes;
        long start = end;
        for (int at = from + lengthBytes; at < end; columns++) {
            int typeBytes = Varint.length(page, at);
            if (typeBytes == 0 || at + typeBytes > end || columns == COLUMNS_MAX) {
                return false;
            }
            types[columns] = Varint.value(page, at);
            starts[columns] = (int) start;
            start += bytes(types[columns]);
            if (types[columns] < 0 || start > from + payload || start > Integer.MAX_VALUE) {
                return false;
            }
            starts[columns + 1] = (int) start;
            at += typeBytes;
        }
        return true;
    }

    private static long bytes(long type) {
        if (type >= TEXT_OR_BLOB) {
            return (type - TEXT_OR_BLOB) / 2;
        }
        return switch ((int) type) {
            case 1, 2, 3, 4 -> type;
            case 5 -> 6;
            case 6, 7 -> 8;
            default -> 0;
        };
    }

    int columns() {
        return columns;
    }

    /** Tells whether a column is there, and lies within the page. */
    boolean has(int column) {
        return column < columns && starts[column + 1] <= page.length;
    }

    /** Tells whether a column is there, and is an integer. */
    boolean isInteger(int column) {
        return has(column) && types[column] >= 1 && types[column] <= 9 && types[column] != 7;
    }

    /** Returns an integer. */
    long integer(int column) {
        long type = types[column];
        if (type >= 8) {
            return type - 8;
        }
        long value = page[starts[column]];
        for (int at = starts[column] + 1; at < starts[column + 1]; at++) {
            value = (value << 8) | (page[at] & 0xFF);
        }
        return value;
    }

    /** Returns the bytes of a column as text to be compared with the same column of other records. */
    String text(int column) {
        return new String(page, starts[column], starts[column + 1] - starts[column], StandardCharsets.ISO_8859_1);
    }

    /** Returns a number that is the same in all records with the same value in a column. */
    long hash(int column) {
        long hash = types[column];
        for (int at = starts[column]; at < starts[column + 1]; at++) {
            hash = hash * 0x100000001B3L + page[at];
        }
        return hash;
    }
}
