package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import litestream4j.testkit.Interop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: each PRAGMA and each function says in every host what it is specified to say. Method: one table of statements
 * with what they give, run from top to bottom on one connection, in three hosts. {@code -} is no row, {@code !} a
 * refusal whose text holds what follows; rows are parted by {@code /}, columns by {@code |}.
 */
class SqlSurfaceTest {
    /** So long that nothing is polled. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final String INVALID_TIME =
            "!invalid timestamp (expected RFC3339 or relative time like '5 minutes ago'): ";

    private static final String GETTERS = """
            PRAGMA litestream_txid                              ;; 0000000000000006
            PRAGMA LiteStream_TXID                              ;; 0000000000000006
            PRAGMA main.litestream_txid                         ;; 0000000000000006
            PRAGMA temp.litestream_txid                         ;; -
            PRAGMA litestream_lag                               ;; -1
            PRAGMA litestream_time                              ;; 2026-11-22T18:53:47.908Z
            PRAGMA litestream_data_time                         ;; 2026-11-22T18:53:47.908Z
            PRAGMA litestream_hydration_progress                ;; 0
            PRAGMA litestream_hydration_file                    ;; ''
            PRAGMA litestream_write_enabled                     ;; 0
            PRAGMA litestream_nothing                           ;; -
            SELECT * FROM pragma_litestream_txid                ;; !no such table: pragma_litestream_txid
            PRAGMA journal_mode                                 ;; delete
            PRAGMA journal_mode = wal                           ;; delete
            SELECT litestream_txid(), litestream_lag()          ;; 0000000000000006|-1
            SELECT litestream_time()                            ;; 2026-11-22T18:53:47.908Z
            SELECT typeof(litestream_txid())                    ;; text
            SELECT typeof(litestream_lag())                     ;; integer
            SELECT typeof(litestream_time())                    ;; text
            SELECT typeof(litestream_set_time('latest'))        ;; null
            SELECT typeof(litestream_set_txid('latest'))        ;; null
            SELECT litestream_txid(1)                           ;; !wrong number of arguments to function litestream_txid()
            SELECT litestream_set_time()                        ;; !wrong number of arguments to function litestream_set_time()
            SELECT litestream_set_time('now', 'utc')            ;; !wrong number of arguments to function litestream_set_time()
            """;

    private static final String SETTERS = """
            PRAGMA litestream_txid = 1                          ;; !litestream_txid is read-only
            PRAGMA litestream_txid = '0000000000000007'         ;; !cannot calc restore plan: transaction not available
            PRAGMA litestream_lag = 1                           ;; !litestream_lag is read-only
            PRAGMA litestream_data_time = 1                     ;; !litestream_data_time is read-only
            PRAGMA litestream_hydration_progress = 1            ;; !litestream_hydration_progress is read-only
            PRAGMA litestream_hydration_file = 'x'              ;; !litestream_hydration_file is read-only
            PRAGMA litestream_stats = 1                         ;; !litestream_stats is read-only
            PRAGMA litestream_write_enabled = 0                 ;; -
            PRAGMA litestream_write_enabled = FALSE             ;; -
            PRAGMA litestream_write_enabled = off               ;; -
            PRAGMA litestream_write_enabled = 1                 ;; !litestream is a read only vfs
            PRAGMA litestream_write_enabled = True              ;; !litestream is a read only vfs
            PRAGMA litestream_write_enabled = ON                ;; !litestream is a read only vfs
            PRAGMA litestream_write_enabled = 2                 ;; !invalid value for litestream_write_enabled: 2 (use 0 or 1)
            PRAGMA litestream_time = NULL                       ;; !near "NULL": syntax error
            PRAGMA litestream_time = ''                         ;; $
            PRAGMA litestream_time = garbage                    ;; $garbage
            PRAGMA litestream_time = 5                          ;; $5
            PRAGMA litestream_time = -5                         ;; $-5
            PRAGMA litestream_time = '01/02/2026'               ;; $01/02/2026
            PRAGMA litestream_time = '2020-01-01'               ;; !cannot calc restore plan: transaction not available: the earliest state is of 2026-11-22T18:53:39.702Z, which is not before 2020-01-01T00:00:00Z; the latest state is of 2026-11-22T18:53:47.908Z
            SELECT litestream_set_time(NULL)                    ;; !timestamp required
            SELECT litestream_set_time('')                      ;; $
            SELECT litestream_set_time('2026-02-30')            ;; $2026-02-30
            SELECT litestream_set_time(x'00')                   ;; $
            SELECT litestream_set_txid(NULL)                    ;; !transaction ID required
            SELECT litestream_set_txid('zz')                    ;; !litestream_txid is read-only
            PRAGMA litestream_txid                              ;; 0000000000000006
            SELECT count(*) FROM t                              ;; 150
            """;

    private static final String TRAVELS = """
            PRAGMA litestream_time = '2026-11-22T19:53:44+01:00';; -
            PRAGMA litestream_time                              ;; 2026-11-22T19:53:44+01:00
            PRAGMA litestream_data_time                         ;; 2026-11-22T18:53:43.163Z
            SELECT count(*), litestream_txid() FROM t           ;; 200|0000000000000003
            PRAGMA page_count                                   ;; 11
            PRAGMA litestream_time = '2020-01-01'               ;; !transaction not available
            PRAGMA litestream_time                              ;; 2026-11-22T19:53:44+01:00
            PRAGMA litestream_time = 'Latest'                   ;; -
            PRAGMA litestream_time('2026-11-22 18:53:40')       ;; -
            SELECT litestream_time(), litestream_txid()         ;; 2026-11-22T18:53:40Z|0000000000000001
            PRAGMA litestream_time = 1795373624                 ;; -
            SELECT litestream_time(), litestream_txid()         ;; 2026-11-22T18:53:44Z|0000000000000003
            PRAGMA litestream_time = LATEST                     ;; -
            PRAGMA litestream_time                              ;; 2026-11-22T18:53:47.908Z
            SELECT quote(litestream_set_time(1795373625))       ;; NULL
            SELECT litestream_time(), litestream_txid()         ;; 2026-11-22T18:53:45Z|0000000000000004
            SELECT quote(litestream_set_time(1795373623.9))     ;; NULL
            SELECT litestream_time(), litestream_txid()         ;; 2026-11-22T18:53:43.9Z|0000000000000003
            SELECT quote(litestream_set_time(' latest '))       ;; NULL
            PRAGMA litestream_time = '2026-11-22T18:53:44.703Z' ;; -
            PRAGMA litestream_txid                              ;; 0000000000000003
            PRAGMA litestream_time = '2026-11-22T18:53:44.703000001Z' ;; -
            PRAGMA litestream_txid                              ;; 0000000000000004
            PRAGMA litestream_time = '2999-12-31'               ;; -
            SELECT litestream_time(), litestream_txid()         ;; 2999-12-31T00:00:00Z|0000000000000006
            PRAGMA litestream_txid = '0000000000000002'         ;; -
            SELECT litestream_time(), litestream_txid()         ;; 2026-11-22T18:53:41.253Z|0000000000000002
            SELECT count(*), sum(v) FROM t                      ;; 200|9403
            SELECT quote(litestream_set_txid('0000000000000005')) ;; NULL
            SELECT count(*), litestream_txid() FROM t           ;; 150|0000000000000005
            PRAGMA litestream_txid = latest                     ;; -
            PRAGMA litestream_txid                              ;; 0000000000000006
            """;

    private static final String TRANSACTIONS = """
            BEGIN                                               ;; -
            PRAGMA litestream_time = '2026-11-22T18:53:44Z'     ;; -
            SELECT count(*) FROM t                              ;; 200
            PRAGMA litestream_time = latest                     ;; !cannot change litestream_time inside a transaction
            PRAGMA litestream_time = '2026-11-22T18:53:40Z'     ;; !cannot change litestream_time inside a transaction
            PRAGMA litestream_txid = '0000000000000001'         ;; !cannot change litestream_txid inside a transaction
            SELECT litestream_set_time('latest')                ;; !cannot change litestream_time inside a transaction
            PRAGMA litestream_wait = '0000000000000001'         ;; !cannot use litestream_wait inside a transaction
            SELECT count(*), litestream_txid() FROM t           ;; 200|0000000000000003
            COMMIT                                              ;; -
            PRAGMA litestream_time = latest                     ;; -
            SELECT count(*) FROM t                              ;; 150
            SELECT litestream_set_time('now') FROM t            ;; !cannot change litestream_time inside a transaction
            PRAGMA litestream_time                              ;; 2026-11-22T18:53:47.908Z
            CREATE TEMP VIEW travel AS SELECT litestream_set_time('latest') AS x ;; -
            SELECT quote(x) FROM travel                         ;; NULL
            """;

    /** {@code @} is the URI of another replica, without its last parameters. */
    private static final String ATTACHED = """
            ATTACH '@' AS old                                   ;; -
            PRAGMA old.litestream_txid                          ;; 000000000000000c
            PRAGMA OLD.litestream_time                          ;; 2026-01-15T10:41:00Z
            PRAGMA old.litestream_time = '2026-01-15T10:36:00Z' ;; -
            PRAGMA old.litestream_txid                          ;; 0000000000000006
            SELECT count(*) FROM old.t                          ;; 6
            PRAGMA litestream_txid                              ;; 0000000000000006
            SELECT litestream_txid(), litestream_time()         ;; 0000000000000006|2026-11-22T18:53:47.908Z
            PRAGMA old.litestream_time                          ;; 2026-01-15T10:36:00Z
            PRAGMA old.litestream_lag = 3                       ;; !litestream_lag is read-only
            PRAGMA old.litestream_time = latest                 ;; -
            PRAGMA old.litestream_txid = '0000000000000004'     ;; -
            PRAGMA old.litestream_data_time                     ;; 2026-01-15T10:33:00Z
            SELECT count(*), max(schema) FROM litestream_history('old') ;; 11|old
            ATTACH '@&txid=000000000000000a' AS ten             ;; -
            SELECT (SELECT count(*) FROM old.t), (SELECT count(*) FROM ten.t) ;; 4|10
            SELECT id FROM ten.t EXCEPT SELECT id FROM old.t    ;; 5/6/7/8/9/10
            DETACH old                                          ;; -
            SELECT * FROM litestream_history('old')             ;; !no litestream database is open as "old"
            ATTACH ':memory:' AS plain                          ;; -
            PRAGMA plain.litestream_txid                        ;; -
            """;

    private static final String HISTORY = """
            SELECT max_txid, time, pages, bytes, page_count, reachable FROM litestream_history WHERE max_txid > '0000000000000004' ;; 0000000000000005|2026-11-22T18:53:46.230Z|11|4483|13|1/0000000000000006|2026-11-22T18:53:47.908Z|6|12276|6|1
            SELECT max(max_txid) FROM litestream_history WHERE time < '2026-11-22T18:53:44' ;; 0000000000000003
            SELECT count(*) FROM litestream_history a JOIN litestream_history b ON b.min_txid = a.max_txid ;; 6
            SELECT (SELECT count(*) FROM litestream_history h WHERE h.max_txid < o.max_txid) FROM litestream_history o ;; 0/1/2/3/4/5
            SELECT typeof(level), typeof(min_txid), typeof(time), typeof(page_count) FROM litestream_history LIMIT 1 ;; integer|text|text|integer
            SELECT count(*) FROM litestream_history(NULL)       ;; 0
            SELECT count(*) FROM litestream_history WHERE schema = 'main' ;; 6
            SELECT * FROM litestream_history('nowhere')         ;; !no litestream database is open as "nowhere"
            DELETE FROM litestream_history                      ;; !table litestream_history may not be modified
            """;

    private static final String WRITES = """
            INSERT INTO t VALUES (1000, 'x', 1)
            UPDATE t SET v = 0
            UPDATE t SET v = 0 WHERE id < 0
            DELETE FROM t
            REPLACE INTO t VALUES (1, 'x', 1)
            CREATE TABLE u (a)
            CREATE TABLE u AS SELECT * FROM t
            CREATE INDEX i ON t (v)
            CREATE VIEW w AS SELECT * FROM t
            CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END
            CREATE VIRTUAL TABLE f USING fts5(a)
            DROP TABLE t
            ALTER TABLE t ADD COLUMN z
            ALTER TABLE t RENAME TO s
            REINDEX
            ANALYZE
            VACUUM
            PRAGMA user_version = 3
            PRAGMA application_id = 3
            """;

    @TempDir
    Path folder;

    private Golden golden;

    @BeforeEach
    void findAll() {
        Interop.assumeAvailable(Interop.Program.SQLITE3, Interop.Program.PYTHON);
        golden = Golden.orSkip();
        Path _ = Product.extension();
    }

    @ParameterizedTest
    @EnumSource
    void gettersAnswer(Door.Kind kind) throws IOException {
        check(kind, GETTERS);
    }

    @ParameterizedTest
    @EnumSource
    void refusalsSayWhyAndChangeNothing(Door.Kind kind) throws IOException {
        check(kind, SETTERS);
    }

    @ParameterizedTest
    @EnumSource
    void timesAndTransactionsAreTravelledTo(Door.Kind kind) throws IOException {
        check(kind, TRAVELS);
    }

    @ParameterizedTest
    @EnumSource
    void transactionKeepsItsState(Door.Kind kind) throws IOException {
        check(kind, TRANSACTIONS);
    }

    @ParameterizedTest
    @EnumSource
    void attachedReplicaHasItsOwnTime(Door.Kind kind) throws IOException {
        Path other = copy("synthetic-levels");
        check(kind, ATTACHED.replace("@", Door.uri("file://" + other, NEVER)));
    }

    @ParameterizedTest
    @EnumSource
    void historyIsATable(Door.Kind kind) throws IOException {
        check(kind, HISTORY);
    }

    @ParameterizedTest
    @EnumSource
    void writesAreRefusedAndTheConnectionGoesOn(Door.Kind kind) throws IOException {
        String refusal =
                kind == Door.Kind.JDBC ? "litestream is a read only vfs" : "attempt to write a readonly database";
        try (Door door = open(kind)) {
            for (String write : WRITES.lines().toList()) {
                assertThatThrownBy(() -> door.rows(write))
                        .as(write)
                        .isInstanceOf(Door.StatementFailedException.class)
                        .hasMessageContaining(refusal)
                        .hasMessageMatching("(?s).*(\\(8\\)|SQLITE_READONLY|read only vfs).*");
                assertThat(door.value("SELECT count(*), sum(v) FROM t"))
                        .as("after " + write)
                        .isEqualTo("150|7389");
            }
            door.execute("CREATE TEMP TABLE mine AS SELECT * FROM t");
            assertThat(door.value("SELECT count(*) FROM mine")).isEqualTo("150");
        }
    }

    @ParameterizedTest
    @EnumSource
    void exclusiveLockingModeFreezesTheView(Door.Kind kind) throws IOException {
        Path replica = folder.resolve("growing");
        Replay replay = new Replay(golden, "daemon-512", replica);
        replay.advance();
        try (Door frozen = kind.open("file://" + replica, Duration.ofMillis(20), Map.of());
                Door moving = kind.open("file://" + replica, Duration.ofMillis(20), Map.of())) {
            assertThat(frozen.value("PRAGMA locking_mode = EXCLUSIVE")).isEqualTo("exclusive");
            List<String> rows = frozen.rows("SELECT name FROM sqlite_schema");
            String txid = frozen.value("PRAGMA litestream_txid");
            replay.advance();
            moving.execute("PRAGMA litestream_wait = '0000000000000002 20s'");
            assertThat(frozen.rows("SELECT name FROM sqlite_schema")).isEqualTo(rows);
            assertThat(frozen.value("PRAGMA litestream_txid")).isEqualTo(txid).isEqualTo("0000000000000001");
            List<String> _ = frozen.rows("PRAGMA locking_mode = NORMAL");
            List<String> _ = frozen.rows("SELECT name FROM sqlite_schema");
            frozen.execute("PRAGMA litestream_wait = '0000000000000002 20s'");
            assertThat(frozen.value("PRAGMA litestream_txid")).isGreaterThan(txid);
        }
    }

    private void check(Door.Kind kind, String table) throws IOException {
        try (Door door = open(kind)) {
            for (String line : table.lines().toList()) {
                String[] parts = line.split(";;", 2);
                check(door, parts[0].strip(), parts[1].strip());
            }
        }
    }

    private static void check(Door door, String sql, String expected) throws IOException {
        String refusal =
                expected.startsWith("$") ? INVALID_TIME.substring(1) + expected.substring(1) : expected.substring(1);
        if (expected.startsWith("!") || expected.startsWith("$")) {
            assertThatThrownBy(() -> door.rows(sql))
                    .as(sql)
                    .isInstanceOf(Door.StatementFailedException.class)
                    .hasMessageContaining(refusal);
        } else {
            List<String> rows = expected.equals("-")
                    ? List.of()
                    : List.of(expected.replace("''", "").split("/", -1));
            assertThat(door.rows(sql)).as(sql).isEqualTo(rows);
        }
    }

    private Door open(Door.Kind kind) throws IOException {
        return kind.open("file://" + copy("real-0.5.17"), NEVER, Map.of());
    }

    private Path copy(String sample) throws IOException {
        Path replica = folder.resolve(sample);
        if (!Files.exists(replica)) {
            golden.copyTo(sample, replica);
        }
        return replica;
    }
}
