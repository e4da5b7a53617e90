package litestream4j.btree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes pages of b-trees, with as much in them as reading ahead looks at. */
final class BtreePages {
    static final int PAGE_BYTES = 4096;

    /** Of a database. */
    static final long PAGES = 100_000;

    /** A leaf of a table, without rows. */
    static final byte[] LEAF = new byte[PAGE_BYTES];

    static {
        LEAF[0] = 13;
    }

    private BtreePages() {}

    /** An interior table page: header, cell pointers, cells of child and key (0, 1, ...) from the end, last child. */
    static byte[] interior(List<Long> children) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        int cells = children.size() - 1;
        page.put(0, (byte) 5).putShort(3, (short) cells);
        page.putInt(8, children.getLast().intValue());
        for (int i = 0; i < cells; i++) {
            int at = PAGE_BYTES - 6 * (i + 1);
            page.putShort(12 + 2 * i, (short) at).putInt(at, children.get(i).intValue());
            page.put(at + 4, (byte) (i & 0x7F));
        }
        return page.array();
    }

    /** A leaf of an index: entries with the same text of one letter, that lead to rows. */
    static byte[] indexLeaf(int... rowids) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.put(0, (byte) 10).putShort(3, (short) rowids.length);
        for (int i = 0; i < rowids.length; i++) {
            int at = PAGE_BYTES - 6 * (i + 1);
            page.putShort(8 + 2 * i, (short) at).put(at, new byte[] {5, 3, 15, 1, 'k', (byte) rowids[i]});
        }
        return page.array();
    }

    /** A leaf of a table with one row of 12400 bytes, of which three overflow pages hold all but the beginning. */
    static byte[] leafOfLargeRows(int overflow) {
        int payload = 12_400;
        int least = (PAGE_BYTES - 12) * 32 / 255 - 23;
        int rest = least + (payload - least) % (PAGE_BYTES - 4);
        int local = rest <= PAGE_BYTES - 35 ? rest : least;
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.put(0, (byte) 13).putShort(3, (short) 1).putShort(8, (short) 20);
        page.put(20, new byte[] {(byte) (0x80 | (payload >> 7)), (byte) (payload & 0x7F), 1});
        page.putInt(23 + local, overflow);
        return page.array();
    }

    /** Table t with its root on page 3, and an index on it with its root on page 2. */
    static void schemaOfOneIndex(ReadAhead readAhead) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.put(100, (byte) 13).putShort(103, (short) 2);
        page.putShort(108, (short) 3000).putShort(110, (short) 3100);
        page.put(3000, entry("table", "t", "t", 3)).put(3100, entry("index", "i", "t", 2));
        readAhead.read(1, page.array(), PAGES);
    }

    /** Tables a and b with their roots on pages 3 and 4, an index on a with its root on page 2, and a virtual table. */
    static void schemaOfTwoTables(ReadAhead readAhead) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.put(100, (byte) 13).putShort(103, (short) 4);
        page.putShort(108, (short) 3000).putShort(110, (short) 3100).putShort(112, (short) 3200);
        page.putShort(114, (short) 3300).put(3300, entry("table", "v", "v", 0));
        page.put(3000, entry("table", "a", "a", 3)).put(3100, entry("table", "b", "b", 4));
        page.put(3200, entry("index", "i", "a", 2));
        readAhead.read(1, page.array(), PAGES);
    }

    /** An interior table page whose children hold so many rows each, the first one from row 1 on. */
    static byte[] interior(List<Long> children, int rowsOfEach) {
        byte[] page = interior(children);
        for (int i = 0; i < children.size() - 1; i++) {
            int lastRow = (i + 1) * rowsOfEach;
            int at = PAGE_BYTES - 8 * (i + 1);
            ByteBuffer.wrap(page)
                    .putShort(12 + 2 * i, (short) at)
                    .putInt(at, children.get(i).intValue())
                    .put(at + 4, new byte[] {
                        (byte) (0x80 | lastRow >> 14), (byte) (0x80 | lastRow >> 7), (byte) (lastRow & 0x7F)
                    });
        }
        return page;
    }

    /** A leaf of a table: rows of two columns, a NULL and a number of 16 bits, from a rowid below 16384 on. */
    static byte[] leafOfRows(int firstRow, int... values) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.put(0, (byte) 13).putShort(3, (short) values.length);
        for (int i = 0; i < values.length; i++) {
            int row = firstRow + i;
            int at = PAGE_BYTES - 8 * (i + 1);
            page.putShort(8 + 2 * i, (short) at)
                    .put(at, new byte[] {5, (byte) (0x80 | row >> 7), (byte) (row & 0x7F), 3, 0, 2})
                    .putShort(at + 6, (short) values[i]);
        }
        return page.array();
    }

    private static byte[] entry(String type, String name, String table, int root) {
        String text = type + name + table;
        byte[] types = {
            5, (byte) (13 + 2 * type.length()), (byte) (13 + 2 * name.length()), (byte) (13 + 2 * table.length()), 1
        };
        ByteBuffer cell = ByteBuffer.allocate(2 + types.length + text.length() + 1);
        cell.put((byte) (cell.capacity() - 2)).put((byte) 1).put(types);
        return cell.put(text.getBytes(StandardCharsets.US_ASCII))
                .put((byte) root)
                .array();
    }

    static List<Long> scattered(int count) {
        Random random = new Random(count);
        Set<Long> pages = new HashSet<>();
        while (pages.size() < count) {
            pages.add(100 + random.nextLong(85_000));
        }
        List<Long> shuffled = new ArrayList<>(pages);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
