package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import litestream4j.ltx.Txid;
import litestream4j.testkit.DatabasePublisher;
import litestream4j.testkit.Interop;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: whatever SQLite can have in a database, a replica of it shows. Method: plain SQLite makes a database with all
 * of it, in each page size, and is asked the same questions.
 */
class EveryFeatureTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private static final String SCHEMA = """
            CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, price REAL, photo BLOB,
                gross REAL GENERATED ALWAYS AS (price * 1.25) STORED, label TEXT AS (name || ' #' || id));
            CREATE INDEX item_by_gross ON item (gross DESC, name) WHERE price > 3;
            CREATE INDEX item_by_length ON item (length(photo));
            CREATE TABLE pair (a TEXT, b INTEGER, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
            CREATE TABLE counted (n INTEGER PRIMARY KEY AUTOINCREMENT, v ANY) STRICT;
            CREATE VIRTUAL TABLE words USING fts5(title, body);
            CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1);
            CREATE VIEW dear AS SELECT * FROM item WHERE gross > 100;
            CREATE TABLE wrong (x CHECK (x > 0), y REFERENCES counted DEFAULT 7);
            CREATE TRIGGER added AFTER INSERT ON item BEGIN INSERT INTO counted (v) VALUES (new.name); END;
            """;

    private static final String ROWS = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                INSERT INTO item (name, price, photo)
                SELECT char(97 + i % 26, 228, 8364, 128512) || i, i * 0.75, zeroblob(i * 7) || 'end' FROM n;
            INSERT INTO pair
                SELECT name, id, CASE id % 4 WHEN 0 THEN NULL WHEN 1 THEN id WHEN 2 THEN id / 3.0 ELSE photo END
                FROM item;
            INSERT INTO words SELECT name, 'word' || (id % 10) || ' ' || hex(substr(photo, 1, 9)) FROM item;
            INSERT INTO boxes SELECT id, id, id + 10, -id, -id + 5 FROM item;
            INSERT INTO wrong (x) VALUES (1), (2);
            """;

    /** Frees pages, in the middle and at the end, so that vacuuming has something to do. */
    private static final String CHANGES = """
            DELETE FROM item WHERE id % 3 = 0;
            DELETE FROM words WHERE rowid > 350;
            UPDATE pair SET c = 'short' WHERE b % 5 = 0;
            DELETE FROM boxes WHERE id BETWEEN 100 AND 200;
            """;

    private static final List<String> QUESTIONS = List.of(
            "PRAGMA page_count",
            "PRAGMA freelist_count",
            "PRAGMA page_size",
            "PRAGMA encoding",
            "PRAGMA auto_vacuum",
            "PRAGMA user_version",
            "PRAGMA integrity_check",
            "PRAGMA quick_check",
            "PRAGMA foreign_key_check",
            "SELECT count(*), sum(gross), max(label) FROM item",
            "SELECT name, gross FROM item WHERE price > 3 ORDER BY gross DESC, name LIMIT 20",
            "SELECT id FROM item WHERE length(photo) = 73",
            "SELECT count(*), sum(length(photo)) FROM dear",
            "SELECT a, b, typeof(c) FROM pair ORDER BY c, a DESC LIMIT 30",
            "SELECT count(*), max(n) FROM counted",
            "SELECT rowid, title FROM words WHERE words MATCH 'word3' ORDER BY rank, rowid LIMIT 10",
            "SELECT snippet(words, 1, '[', ']', '…', 5) FROM words WHERE words MATCH 'body: word7' LIMIT 3",
            "SELECT id FROM boxes WHERE x0 >= 50 AND x1 <= 75 AND y0 < 0 ORDER BY id",
            "SELECT sum(pgsize), count(*), max(path) FROM dbstat",
            "SELECT name, sum(pgsize), sum(ncell) FROM dbstat GROUP BY name ORDER BY name",
            "SELECT count(*), sum(length(data)) FROM (SELECT photo AS data FROM item ORDER BY random())",
            "SELECT group_concat(name, ',') FROM (SELECT name FROM item ORDER BY name COLLATE BINARY DESC)",
            "WITH RECURSIVE t(z) AS (SELECT 1 UNION SELECT z + b % 7 FROM t, pair WHERE b < 9 AND z < 99)"
                    + " SELECT count(*) FROM t",
            "SELECT type, name, rootpage, sql FROM sqlite_schema ORDER BY 1, 2");

    @TempDir
    Path folder;

    private Path database = Path.of("");
    private Path replica = Path.of("");

    @BeforeEach
    void findAll() {
        Interop.assumeAvailable(Interop.Program.SQLITE3, Interop.Program.PYTHON);
        Path _ = Product.extension();
        database = folder.resolve("plain.db");
        replica = folder.resolve("replica");
    }

    @ParameterizedTest
    @CsvSource({
        "SHELL, 512, UTF-8, none, delete",
        "PYTHON, 1024, UTF-16le, full, wal",
        "JDBC, 2048, UTF-16be, incremental, wal",
        "SHELL, 4096, UTF-16le, incremental, wal",
        "PYTHON, 8192, UTF-8, incremental, delete",
        "JDBC, 16384, UTF-8, full, wal",
        "SHELL, 32768, UTF-16be, full, delete",
        "PYTHON, 65536, UTF-16le, none, wal",
        "JDBC, 65536, UTF-8, incremental, delete",
    })
    void databaseIsReadAsPlainSqliteReadsIt(
            Door.Kind kind, int pageSize, String encoding, String vacuum, String journal) throws IOException {
        String settings = "PRAGMA page_size = %d; PRAGMA encoding = '%s'; PRAGMA auto_vacuum = %s;"
                .formatted(pageSize, encoding, vacuum);
        DatabasePublisher publisher = new DatabasePublisher(replica);
        plain(settings + "PRAGMA journal_mode = " + journal + ";" + SCHEMA + "PRAGMA user_version = 9;");
        Txid _ = publisher.publish(database, Instant.parse("2026-01-15T10:30:00Z"));
        plain(ROWS);
        Txid _ = publisher.publish(database, Instant.parse("2026-01-15T10:31:00Z"));
        Path earlier = Files.copy(database, folder.resolve("earlier.db"));
        plain(CHANGES + "PRAGMA incremental_vacuum(7);");
        Txid last = publisher.publish(database, Instant.parse("2026-01-15T10:32:00Z"));
        try (Door door = kind.open("file://" + replica, NEVER, Map.of())) {
            assertThat(door.value("PRAGMA litestream_txid")).isEqualTo(last.toString());
            assertSame(kind, door, database);
            assertCopies(door, database);
            door.execute("PRAGMA litestream_time = '2026-01-15T10:31:30Z'");
            assertSame(kind, door, earlier);
        }
    }

    private static void assertSame(Door.Kind kind, Door door, Path plain) throws IOException {
        try (Door expected = kind.openPlain(plain)) {
            for (String question : QUESTIONS) {
                assertThat(door.rows(question)).as(question).isEqualTo(expected.rows(question));
            }
        }
    }

    private void assertCopies(Door door, Path plain) throws IOException {
        Path whole = folder.resolve("vacuumed.db");
        door.execute("VACUUM INTO 'file:%s?vfs=unix'".formatted(whole));
        Path copy = folder.resolve("backup.db");
        door.backup(copy);
        String dump = Sqlite3Shell.readOnly(plain).run(".dump").success();
        assertThat(Sqlite3Shell.readOnly(copy)
                        .run(".dump\nPRAGMA integrity_check;")
                        .success())
                .isEqualTo(dump + "ok\n");
        assertThat(Sqlite3Shell.readOnly(whole)
                        .run("SELECT count(*), sum(length(photo)) FROM item; PRAGMA integrity_check;")
                        .success())
                .isEqualTo(Sqlite3Shell.readOnly(plain)
                                .run("SELECT count(*), sum(length(photo)) FROM item;")
                                .success() + "ok\n");
        assertThat(door.dump(folder)).isEqualTo(dump);
    }

    private void plain(String sql) throws IOException {
        String _ = Sqlite3Shell.on(database)
                .run(sql + "PRAGMA wal_checkpoint(TRUNCATE);")
                .success();
    }

    /** A database whose lock page lies within: page 16385 of 64 KiB. All but a few pages before it are free ones. */
    @Test
    void databaseBeyondTheLockPageIsRead() throws IOException {
        int pageBytes = 65536;
        int beyond = (1 << 30) / pageBytes;
        plain("PRAGMA page_size = 65536; CREATE TABLE near (v); INSERT INTO near VALUES ('near');");
        int used = (int) (Files.size(database) / pageBytes);
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.setLength((long) beyond * pageBytes);
            putInt(file, 28, beyond);
        }
        plain("""
                CREATE TABLE far (id INTEGER PRIMARY KEY, b);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
                    INSERT INTO far SELECT i, zeroblob(100000) || i FROM n;
                """);
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            freePages(file, used + 1, beyond, pageBytes);
        }
        Txid _ = new DatabasePublisher(replica).publish(database, Instant.parse("2026-01-15T10:30:00Z"));
        List<String> questions = List.of(
                "PRAGMA page_count",
                "PRAGMA freelist_count",
                "PRAGMA integrity_check",
                "SELECT count(*), sum(length(b)), max(id) FROM far",
                "SELECT id FROM far WHERE b LIKE '%30'",
                "SELECT v, (SELECT max(rootpage) > 16385 FROM sqlite_schema) FROM near");
        for (Door.Kind kind : Door.Kind.values()) {
            try (Door door = kind.open("file://" + replica, NEVER, Map.of());
                    Door plain = kind.openPlain(database)) {
                for (String question : questions) {
                    assertThat(door.rows(question)).as(question).isEqualTo(plain.rows(question));
                }
                assertThat(door.value("PRAGMA integrity_check")).isEqualTo("ok");
                assertThat(door.value("SELECT max(rootpage) > 16385 FROM sqlite_schema"))
                        .isEqualTo("1");
            }
        }
    }

    /** Makes a freelist of the pages [first, last]: one trunk page that names all others. */
    private static void freePages(RandomAccessFile file, int first, int last, int pageBytes) throws IOException {
        ByteBuffer trunk = ByteBuffer.allocate(pageBytes).putInt(0).putInt(last - first);
        for (int leaf = first + 1; leaf <= last; leaf++) {
            trunk.putInt(leaf);
        }
        file.seek((long) (first - 1) * pageBytes);
        file.write(trunk.array());
        putInt(file, 32, first);
        putInt(file, 36, last - first + 1);
    }

    private static void putInt(RandomAccessFile file, long offset, int value) throws IOException {
        file.seek(offset);
        file.writeInt(value);
    }
}
