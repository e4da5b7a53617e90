package litestream4j.btree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes pages of b-trees whose keys are records: of indexes, and of WITHOUT ROWID tables. */
final class KeyPages {
    private static final int RECORDS_END = BtreePages.PAGE_BYTES;

    private KeyPages() {}

    static byte[] leaf(List<byte[]> records) {
        return page(10, List.of(), records);
    }

    /** @param records those between the children, one less */
    static byte[] interior(List<Long> children, List<byte[]> records) {
        return page(2, children, records);
    }

    private static byte[] page(int kind, List<Long> children, List<byte[]> records) {
        ByteBuffer page = ByteBuffer.allocate(BtreePages.PAGE_BYTES);
        page.put(0, (byte) kind).putShort(3, (short) records.size());
        int pointers = 8;
        if (!children.isEmpty()) {
            page.putInt(8, children.getLast().intValue());
            pointers = 12;
        }
        int end = RECORDS_END;
        for (int i = 0; i < records.size(); i++) {
            ByteArrayOutputStream cell = new ByteArrayOutputStream();
            if (!children.isEmpty()) {
                cell.writeBytes(ByteBuffer.allocate(4)
                        .putInt(children.get(i).intValue())
                        .array());
            }
            byte[] record = records.get(i);
            int local = (int) BtreePage.localOfIndex(BtreePages.PAGE_BYTES, record.length);
            varint(cell, record.length);
            cell.write(record, 0, local);
            if (local < record.length) {
                cell.writeBytes(new byte[] {0, 0, 0, 99}); // The first overflow page.
            }
            end -= cell.size();
            page.put(end, cell.toByteArray()).putShort(pointers + 2 * i, (short) end);
        }
        return page.array();
    }

    /** An interior page of a table each of whose children has so many rows, numbered from one on. */
    static byte[] interiorOfTable(List<Long> children, int first, int rowsOfAChild) {
        ByteBuffer page = ByteBuffer.allocate(BtreePages.PAGE_BYTES);
        int cells = children.size() - 1;
        page.put(0, (byte) 5)
                .putShort(3, (short) cells)
                .putInt(8, children.getLast().intValue());
        for (int i = 0; i < cells; i++) {
            ByteArrayOutputStream key = new ByteArrayOutputStream();
            varint(key, first + (i + 1) * rowsOfAChild - 1);
            int at = RECORDS_END - 8 * (i + 1);
            page.putShort(12 + 2 * i, (short) at)
                    .putInt(at, children.get(i).intValue())
                    .put(at + 4, key.toByteArray());
        }
        return page.array();
    }

    /** The first page, with the schema: each entry is type, name, table, root, and SQL or null. */
    static byte[] schema(List<byte[]> entries) {
        ByteBuffer page = ByteBuffer.allocate(BtreePages.PAGE_BYTES);
        page.put(100, (byte) 13).putShort(103, (short) entries.size());
        int end = RECORDS_END;
        for (int i = 0; i < entries.size(); i++) {
            ByteArrayOutputStream cell = new ByteArrayOutputStream();
            varint(cell, entries.get(i).length);
            varint(cell, i + 1);
            cell.writeBytes(entries.get(i));
            end -= cell.size();
            page.put(end, cell.toByteArray()).putShort(108 + 2 * i, (short) end);
        }
        return page.array();
    }

    static byte[] entry(String type, String name, String table, int root, @Nullable String sql) {
        return record(type, name, table, root, sql);
    }

    /** A record of integers, reals, texts, blobs and nulls. */
    static byte[] record(@Nullable Object... values) {
        ByteArrayOutputStream types = new ByteArrayOutputStream();
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        for (Object value : values) {
            switch (value) {
                case null -> varint(types, 0);
                case Integer number -> {
                    varint(types, 4);
                    bodies.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
                }
                case Double number -> {
                    varint(types, 7);
                    bodies.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
                }
                case String text -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    varint(types, 13 + 2 * bytes.length);
                    bodies.writeBytes(bytes);
                }
                case byte[] blob -> {
                    varint(types, 12 + 2 * blob.length);
                    bodies.writeBytes(blob);
                }
                default -> throw new IllegalArgumentException("no value of a record: " + value);
            }
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        int headerBytes = types.size() + 1;
        varint(record, headerBytes > 127 ? headerBytes + 1 : headerBytes);
        record.writeBytes(types.toByteArray());
        record.writeBytes(bodies.toByteArray());
        return record.toByteArray();
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        if (value > 0x3FFF) {
            to.write(0x80 | (value >> 14));
        }
        if (value > 0x7F) {
            to.write(0x80 | ((value >> 7) & 0x7F));
        }
        to.write(value & 0x7F);
    }
}
