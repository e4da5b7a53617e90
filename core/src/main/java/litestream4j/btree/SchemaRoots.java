package litestream4j.btree;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
    private static final int SQL = 4;

    private final Map<String, Long> tables = new HashMap<>();
    private final Map<Long, String> indexes = new HashMap<>();

    /** Of the tables without rowids that were read. */
    private final Map<String, TableKeys> keys = new HashMap<>();

    /** Where indexes of these have the key of a row. */
    private final Map<Long, KeyPlaces> places = new HashMap<>();

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
        switch (word(entry, TYPE)) {
            case "table" -> addTable(entry.text(NAME), root, entry.has(SQL) ? word(entry, SQL) : "");
            case "index" -> addIndex(root, entry.text(TABLE), entry.has(SQL) ? word(entry, SQL) : "");
            default -> {
                // Views and triggers have no tree.
            }
        }
    }

    /** Returns a text of ASCII characters; in UTF-16 every second byte of these is 0. */
    private static String word(RecordColumns entry, int column) {
        return entry.text(column).replace("\0", "");
    }

    private void addTable(String name, long root, String sql) {
        tables.put(name, root);
        TableKeys ofTable = TableKeys.of(sql);
        if (ofTable.primary().isEmpty()) {
            keys.remove(name);
        } else {
            keys.put(name, ofTable);
        }
    }

    /** @param sql empty if SQLite made the index by itself */
    private void addIndex(long root, String table, String sql) {
        indexes.put(root, table);
        places.remove(root);
        TableKeys ofTable = keys.get(table);
        if (ofTable == null) {
            return;
        }
        List<KeyColumn> columns = KeyColumn.ofIndex(sql);
        if (sql.isEmpty() && !ofTable.unique().isEmpty()) {
            columns = ofTable.unique().getFirst();
            keys.put(table, ofTable.withoutFirstUnique());
        }
        if (!columns.isEmpty()) {
            places.put(root, KeyPlaces.of(ofTable.primary(), columns));
        }
    }

    /** Returns the root of the table that an index belongs to; 0 if that is not known. */
    long tableOf(long indexRoot) {
        String table = indexes.get(indexRoot);
        return table == null ? 0 : tables.getOrDefault(table, 0L);
    }

    /** Returns where the entries of an index have the key of a row; null if they end with its rowid, or not known. */
    @Nullable KeyPlaces keyOf(long indexRoot) {
        return places.get(indexRoot);
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
