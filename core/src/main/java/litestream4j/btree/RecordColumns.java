package litestream4j.btree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The columns of one record, as far as they lie within the page. Reused for one record after the other.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#record_format">SQLite file format, record format</a>
 */
final class RecordColumns {
    /** More than an index can have, and as many as are looked at in any other record. */
    private static final int COLUMNS_MAX = 64;

    private static final int INT64 = 6;
    private static final int REAL = 7;
    private static final int TEXT_OR_BLOB = 12;

    private static final int RANK_OF_NULL = 0;
    private static final int RANK_OF_NUMBER = 1;
    private static final int RANK_OF_TEXT = 2;
    private static final int RANK_OF_BLOB = 3;

    private final long[] types;
    private final int[] starts;
    private byte[] page = {};
    private int columns;
    private long rowid;

    /** Where what lies in the page ends. */
    private int end;

    RecordColumns() {
        this(COLUMNS_MAX);
    }

    private RecordColumns(int most) {
        this.types = new long[most];
        this.starts = new int[most + 1];
    }

    /** Makes a record of one column. */
    private static RecordColumns ofOne(long type, byte[] content) {
        RecordColumns one = new RecordColumns(1);
        one.columns = 1;
        one.types[0] = type;
        one.starts[1] = content.length;
        one.page = content;
        one.end = content.length;
        return one;
    }

    /** Makes a record of a NULL alone. */
    static RecordColumns ofNull() {
        return ofOne(0, new byte[0]);
    }

    /** Makes a record of an integer alone. */
    static RecordColumns ofInteger(long value) {
        return ofOne(INT64, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** Returns the length of a column that lies within the page, in bytes. */
    int bytes(int column) {
        return starts[column + 1] - starts[column];
    }

    /** Makes a record of one column of this one alone, which lies within the page. */
    RecordColumns only(int column) {
        return ofOne(types[column], Arrays.copyOfRange(page, starts[column], starts[column + 1]));
    }

    /**
     * Reads the header of a record.
     *
     * @param from where the payload begins
     * @param payload its length, in bytes, as the cell says
     * @return whether this is a record whose header lies within the page
     */
    boolean read(byte[] page, int from, long payload) {
        end = page.length;
        return restOfHeader(page, from, payload, COLUMNS_MAX) == 0;
    }

    /**
     * Reads the first columns of a record of an index.
     *
     * @param from where its cell begins, with the length of the payload
     * @return whether there are so many, and all of them lie within the page
     */
    boolean readKey(byte[] page, int from, int count) {
        int lengthBytes = Varint.length(page, from);
        if (lengthBytes == 0 || count > COLUMNS_MAX) {
            return false;
        }
        long payload = Varint.value(page, from);
        int begin = from + lengthBytes;
        end = Math.clamp(begin + BtreePage.localOfIndex(page.length, payload), 0, page.length);
        return restOfHeader(page, begin, payload, count) >= 0 && has(count - 1);
    }

    /**
     * Reads the first columns of an entry of a leaf page, of a table or an index.
     *
     * @return whether its cell and the header of its record lie within the page
     */
    boolean readEntry(byte[] page, long pgno, int i) {
        int at = BtreePage.cell(page, pgno, i);
        int lengthBytes = Varint.length(page, at);
        if (lengthBytes == 0) {
            return false;
        }
        long payload = Varint.value(page, at);
        int begin = at + lengthBytes;
        long local;
        if (BtreePage.kind(page, pgno) == BtreePage.LEAF_TABLE) {
            int rowidBytes = Varint.length(page, begin);
            if (rowidBytes == 0) {
                return false;
            }
            rowid = Varint.value(page, begin);
            begin += rowidBytes;
            local = BtreePage.localOfTable(page.length, payload);
        } else {
            local = BtreePage.localOfIndex(page.length, payload);
        }
        end = Math.clamp(begin + local, 0, page.length);
        return restOfHeader(page, begin, payload, COLUMNS_MAX) >= 0;
    }

    /**
     * Reads the first columns of a row of a table by its number.
     *
     * @return whether it is on that page
     */
    boolean readRow(byte[] page, long pgno, long wanted) {
        int low = 0;
        int high = BtreePage.kind(page, pgno) == BtreePage.LEAF_TABLE ? BtreePage.cells(page, pgno) : 0;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (!readEntry(page, pgno, middle)) {
                return false;
            }
            if (rowid == wanted) {
                return true;
            }
            if (rowid > wanted) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return false;
    }

    /** Returns the number of the row that was read last from a table. */
    long rowid() {
        return rowid;
    }

    /** Reads so many columns at most; returns how much of the header is left then, -1 if it is none. */
    private int restOfHeader(byte[] page, int from, long payload, int most) {
        this.page = page;
        columns = 0;
        int lengthBytes = Varint.length(page, from);
        if (lengthBytes == 0) {
            return -1;
        }
        long headerBytes = Varint.value(page, from);
        if (headerBytes < lengthBytes || headerBytes > payload || headerBytes > page.length - from) {
            return -1;
        }
        int headerEnd = from + (int) headerBytes;
        long start = headerEnd;
        int at = from + lengthBytes;
        for (; at < headerEnd && columns < most; columns++) {
            int typeBytes = Varint.length(page, at);
            if (typeBytes == 0 || at + typeBytes > headerEnd) {
                return -1;
            }
            types[columns] = Varint.value(page, at);
            starts[columns] = (int) start;
            start += bytes(types[columns]);
            if (types[columns] < 0 || start > from + payload || start > Integer.MAX_VALUE) {
                return -1;
            }
            starts[columns + 1] = (int) start;
            at += typeBytes;
        }
        return headerEnd - at;
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
        return column < columns && starts[column + 1] <= end;
    }

    /** Tells whether a column is there, lies within the page, and is not NULL. */
    boolean hasValue(int column) {
        return has(column) && rank(types[column]) != RANK_OF_NULL;
    }

    /** Tells whether a column is there, and is an integer. */
    boolean isInteger(int column) {
        return has(column) && types[column] >= 1 && types[column] <= 9 && types[column] != REAL;
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

    /** Compares a column with one of another record as SQLite does, texts by their bytes. */
    int compare(int column, RecordColumns other, int otherColumn) {
        int rank = rank(types[column]);
        int otherRank = rank(other.types[otherColumn]);
        if (rank != otherRank || rank == RANK_OF_NULL) {
            return Integer.compare(rank, otherRank);
        }
        if (rank > RANK_OF_NUMBER) {
            return Arrays.compareUnsigned(
                    page,
                    starts[column],
                    starts[column + 1],
                    other.page,
                    other.starts[otherColumn],
                    other.starts[otherColumn + 1]);
        }
        return isInteger(column) && other.isInteger(otherColumn)
                ? Long.compare(integer(column), other.integer(otherColumn))
                : Double.compare(number(column), other.number(otherColumn));
    }

    private static int rank(long type) {
        if (type >= TEXT_OR_BLOB) {
            return type % 2 == 0 ? RANK_OF_BLOB : RANK_OF_TEXT;
        }
        return type >= 1 && type <= 9 ? RANK_OF_NUMBER : RANK_OF_NULL;
    }

    private double number(int column) {
        if (types[column] != REAL) {
            return integer(column);
        }
        long bits = BtreePage.u32(page, starts[column]) << 32 | BtreePage.u32(page, starts[column] + Integer.BYTES);
        return Double.longBitsToDouble(bits);
    }
}
