import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * A replica as a primary leaves it: a snapshot whose pages are read when they are needed, merged files and single
 * transactions that come whole, and text that can be compressed. What is in none of these, no host is trained for.
 */
final class TrainingReplica {
    /** Each returns one number. */
    static final Map<String, String> ANSWERS = answers();

    private static final int PAGE_BYTES = 4096;
    private static final int ROWS = 20_000;
    private static final int CUSTOMERS = 1_000;
    private static final int BODY_CHARACTERS = 500;
    private static final int NOTES = 40;

    /** With overflow pages. */
    private static final int NOTE_CHARACTERS = 11_000;

    /** Transactions of the snapshot, of each merged file, and single ones. */
    private static final int SNAPSHOT = 10;

    private static final int MERGED = 10;
    private static final int MERGED_FILES = 3;
    private static final int SINGLE = 20;

    /** Pages that each transaction wrote, far from each other. */
    private static final int WRITTEN = 4;

    private final byte[] database;
    private final Map<Integer, Map<LtxFileName, byte[]>> levels = new LinkedHashMap<>();

    private TrainingReplica(byte[] database) {
        this.database = database;
    }

    private static Map<String, String> answers() {
        Map<String, String> answers = new LinkedHashMap<>();
        int ofCustomer = ROWS / CUSTOMERS;
        answers.put("SELECT count(*) FROM item WHERE customer = 17", Integer.toString(ofCustomer));
        answers.put("SELECT length(body) FROM item WHERE id = 4711", Integer.toString(BODY_CHARACTERS));
        answers.put(
                "SELECT sum(length(body)) FROM item WHERE customer BETWEEN 100 AND 109",
                Integer.toString(10 * ofCustomer * BODY_CHARACTERS));
        answers.put("SELECT count(word) FROM tag WHERE item BETWEEN 300 AND 309", "10");
        answers.put("SELECT length(text) FROM note WHERE code = 'n' || 7", Integer.toString(NOTE_CHARACTERS));
        answers.put("SELECT sum(length(text)) FROM note", Integer.toString(NOTES * NOTE_CHARACTERS));
        answers.put("SELECT sum(length(body)) FROM item", Integer.toString(ROWS * BODY_CHARACTERS));
        return answers;
    }

    /** Makes one; what it says is the same each time. */
    static TrainingReplica make(Path scratch) throws IOException, SQLException {
        Path file = scratch.resolve("training.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = " + PAGE_BYTES);
            statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, customer INT, body TEXT)");
            statement.execute("""
                    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                    INSERT INTO item SELECT i, i %% %d,
                        substr(printf('item %%d of customer %%d, %%x and %%x; ', i, i %% %d, i * 7919, i * 104729)
                            || replace(hex(zeroblob(25)), '00', 'word ' || (i %% 97) || ' and more of it '), 1, %d)
                    FROM n
                    """.formatted(ROWS, CUSTOMERS, CUSTOMERS, BODY_CHARACTERS));
            statement.execute("CREATE INDEX item_customer ON item (customer)");
            statement.execute("CREATE TABLE tag (word TEXT, item INT, PRIMARY KEY (word, item)) WITHOUT ROWID");
            statement.execute("INSERT INTO tag SELECT 'word ' || id % 7, id FROM item WHERE id <= 5000");
            statement.execute("CREATE INDEX tag_item ON tag (item)");
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, code TEXT UNIQUE, text TEXT)");
            statement.execute("INSERT INTO note SELECT id, 'n' || id, substr(replace(hex(zeroblob(500)), '00', body),"
                    + " 1, %d) FROM item WHERE id <= %d".formatted(NOTE_CHARACTERS, NOTES));
        }
        TrainingReplica replica = new TrainingReplica(Files.readAllBytes(file));
        Files.delete(file);
        replica.fill();
        return replica;
    }

    private int pages() {
        return database.length / PAGE_BYTES;
    }

    private void fill() throws IOException {
        int[] all = IntStream.rangeClosed(1, pages()).toArray();
        add(9, 1, SNAPSHOT, all);
        int txid = SNAPSHOT + 1;
        for (int i = 0; i < MERGED_FILES; i++, txid += MERGED) {
            add(1, txid, txid + MERGED - 1, some(txid, MERGED * WRITTEN));
        }
        for (int i = 0; i < SINGLE; i++, txid++) {
            add(0, txid, txid, some(txid, WRITTEN));
        }
    }

    private int[] some(int txid, int count) {
        return IntStream.range(0, count)
                .map(i -> 1 + (txid * 4 + i) * 89 % pages())
                .sorted()
                .distinct()
                .toArray();
    }

    private void add(int level, int min, int max, int[] pgnos) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxHeader header = LtxHeader.noChecksum(
                new PageSize(PAGE_BYTES),
                new Commit(pages()),
                new Txid(min),
                new Txid(max),
                Instant.now().toEpochMilli());
        LtxWriter writer = new LtxWriter(out, header);
        for (int pgno : pgnos) {
            writer.page(pgno, Arrays.copyOfRange(database, (pgno - 1) * PAGE_BYTES, pgno * PAGE_BYTES));
        }
        writer.finish(0);
        levels.computeIfAbsent(level, _ -> new LinkedHashMap<>())
                .put(new LtxFileName(new Txid(min), new Txid(max)), out.toByteArray());
    }

    /** What takes a file. */
    interface Sink {
        void put(int level, LtxFileName name, byte[] content) throws IOException;
    }

    /** Hands over all files. */
    void publish(Sink sink) throws IOException {
        for (Map.Entry<Integer, Map<LtxFileName, byte[]>> level : levels.entrySet()) {
            for (Map.Entry<LtxFileName, byte[]> file : level.getValue().entrySet()) {
                sink.put(level.getKey(), file.getKey(), file.getValue());
            }
        }
    }
}
