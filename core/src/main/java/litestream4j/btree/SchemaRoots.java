package litestream4j.btree;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The roots of the b-trees of tables and indexes, from the pages of {@code sqlite_schema} as they pass by.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#storage_of_the_sql_database_schema">The schema</a>
 */
public final class SchemaRoots {
    private static final int TYPE = 0;
    private static final int NAME = 1;
    private static final int TABLE = 2;
    private static final int ROOT = 3;

    private final Map<String, Long> tables = new HashMap<>();
    private final Map<Long, String> indexes = new HashMap<>();
    private final RecordColumns record = new RecordColumns();

    /** Makes an empty one. */
    public SchemaRoots() {}

    /** Takes in a leaf page of the schema's table. */
    public void read(byte[] page, long pgno) {
        if (BtreePage.kind(page, pgno) != BtreePage.LEAF_TABLE) {
            return;
        }
        for (int i = 0; i < BtreePage.cells(page, pgno); i++) {
            int payload = BtreePage.cell(page, pgno, i);
            int lengthBytes = Varint.length(page, payload);
            int rowidBytes = lengthBytes == 0 ? 0 : Varint.length(page, payload + lengthBytes);
            if (rowidBytes > 0
                    && record.read(page, payload + lengthBytes + rowidBytes, Varint.value(page, payload))
                    && record.has(TABLE)
                    && record.isInteger(ROOT)) {
                add(record);
            }
        }
    }

    private void add(RecordColumns entry) {
        long root = entry.integer(ROOT);
        // In UTF-16 every second byte of these words is 0.
        switch (entry.text(TYPE).replace("\0", "")) {
            case "table" -> tables.put(entry.text(NAME), root);
            case "index" -> indexes.put(root, entry.text(TABLE));
            default -> {
                // Views and triggers have no tree.
            }
        }
    }

    /** Returns the root of the table that an index belongs to; 0 if that is not known. */
    long tableOf(long indexRoot) {
        String table = indexes.get(indexRoot);
        return table == null ? 0 : tables.getOrDefault(table, 0L);
    }

    /** Tells whether a page is the root of a table or an index. */
    boolean isRoot(long pgno) {
        return isIndex(pgno) || tables.containsValue(pgno);
    }

    /** Tells whether a page is the root of an index. */
    boolean isIndex(long pgno) {
        return indexes.containsKey(pgno);
    }

    /** Returns the roots of all trees but that of the schema itself, in order. */
    public Set<Long> all() {
        Set<Long> roots = new TreeSet<>(tables.values());
        roots.addAll(indexes.keySet());
        roots.remove(0L); // Virtual tables have none.
        return roots;
    }
}
