package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import litestream4j.interop.Golden.Point;
import litestream4j.interop.Golden.StampedFile;
import litestream4j.interop.Golden.State;
import litestream4j.ltx.Txid;
import litestream4j.testkit.Interop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: SQL through every door shows of each sample replica what the primary had, at every time it can show. */
class GoldenReplicasThroughSqlTest {
    private static final List<String> SAMPLES = List.of(
            "real-0.5.17",
            "synthetic-block-1024-checksums",
            "synthetic-block-65536-checksums",
            "synthetic-frame-4096",
            "synthetic-frame-512-checksums",
            "synthetic-frame-random",
            "synthetic-levels");

    private static final List<String> DAEMONS = List.of("daemon-512", "daemon-4096-autovacuum", "daemon-65536");

    private static final Duration FOLLOW_FAST = Duration.ofMillis(20);

    private static final Duration FOLLOW = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    void everyReachableStateOfEverySampleHasItsPagesAndRows(Door.Kind kind) throws Exception {
        for (String sample : SAMPLES) {
            try (Door door = open(kind, sample)) {
                for (State state : golden.states(sample)) {
                    lookAt(door, sample, state.txid());
                    assertThat(door.number("SELECT count(*) FROM " + state.table()))
                            .as("rows of %s in %s at %s", state.table(), sample, state.txid())
                            .isEqualTo(state.rows());
                    assertSound(door, sample, state.txid(), state.pages());
                }
                door.execute("PRAGMA litestream_time = latest");
                assertThat(door.value("PRAGMA litestream_txid"))
                        .isEqualTo(golden.states(sample).getLast().txid().toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void realReplicaShowsItsRowsAtEachTransaction(Door.Kind kind) throws Exception {
        List<String> rowsOfT = List.of(
                "200|9403|row 77",
                "200|9403|changed",
                "200|9403|changed",
                "200|9403|changed",
                "150|7389|changed",
                "150|7389|changed");
        List<String> zeroAndText = List.of("text|6000", "zero|20000");
        List<List<String>> rowsOfB = List.of(
                List.of(),
                List.of(),
                zeroAndText,
                List.of("rnd|9000", "text|6000", "zero|20000"),
                List.of("rnd|9000"),
                List.of("rnd|9000"));
        try (Door door = open(kind, "real-0.5.17")) {
            for (int i = 0; i < rowsOfT.size(); i++) {
                lookAt(door, "real-0.5.17", new Txid(i + 1));
                assertThat(door.value("SELECT count(*), sum(v), (SELECT name FROM t WHERE id = 77) FROM t"))
                        .as("t at %d", i + 1)
                        .isEqualTo(rowsOfT.get(i));
                if (i >= 2) {
                    assertThat(door.rows("SELECT k, length(x) FROM b ORDER BY k"))
                            .as("b at %d", i + 1)
                            .isEqualTo(rowsOfB.get(i));
                }
            }
            assertThat(door.value("SELECT substr(hex(x), 1, 8) FROM b WHERE k = 'rnd'"))
                    .isEqualTo("C72D3BAD");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SHELL, synthetic-frame-4096",
        "PYTHON, synthetic-frame-512-checksums",
        "JDBC, synthetic-block-1024-checksums",
        "JDBC, synthetic-block-65536-checksums",
    })
    void syntheticReplicasShowTheirRowsAtEachTransaction(Door.Kind kind, String sample) throws Exception {
        try (Door door = open(kind, sample)) {
            lookAt(door, sample, new Txid(1));
            assertThat(door.rows("SELECT * FROM t")).containsExactly("1|one|10", "2|two|20", "3|three|30");
            lookAt(door, sample, new Txid(2));
            assertThat(door.rows("SELECT * FROM t")).containsExactly("1|one|10", "2|two|21", "3|three|30");
            lookAt(door, sample, new Txid(3));
            assertThat(door.value("SELECT count(*), sum(v) FROM t")).isEqualTo("60|18301");
            lookAt(door, sample, new Txid(4));
            assertThat(door.value("SELECT count(*), sum(v), max(name) FROM t")).isEqualTo("10|551|two");
        }
    }

    @ParameterizedTest
    @EnumSource
    void incompressibleBlobComesBackByteForByte(Door.Kind kind) throws Exception {
        try (Door door = open(kind, "synthetic-frame-random")) {
            byte[] blob = HexFormat.of().parseHex(door.value("SELECT hex(b) FROM r"));
            assertThat(sha256(blob)).isEqualTo("7c55d63c4b08a836e21ce6b26530640e5e18da25ce1f38d0048c1005b0e17ded");
        }
    }

    @ParameterizedTest
    @EnumSource
    void reachableStatesThatADaemonLeftAreWhole(Door.Kind kind) throws Exception {
        for (String daemon : DAEMONS) {
            List<Txid> reachable = golden.reachable(daemon);
            try (Door door = open(kind, daemon)) {
                for (Point point : golden.points(daemon)) {
                    if (reachable.contains(point.txid())) {
                        lookAt(door, daemon, point.txid());
                        assertWhole(door, daemon, point);
                    }
                }
            }
        }
    }

    /** One connection of each kind lives through it, and one more sits in read transactions meanwhile. */
    @ParameterizedTest
    @ValueSource(strings = {"daemon-512", "daemon-4096-autovacuum", "daemon-65536"})
    void wholeLifeOfAReplicaIsFollowed(String daemon) throws Exception {
        Path replica = folder.resolve("replica");
        Replay replay = new Replay(golden, daemon, replica);
        replay.advance();
        List<Door> doors = new ArrayList<>();
        try (Door sitting = Door.Kind.JDBC.open(url(replica), FOLLOW_FAST, Map.of())) {
            for (Door.Kind kind : Door.Kind.values()) {
                doors.add(kind.open(url(replica), FOLLOW_FAST, Map.of()));
            }
            sitting.execute("PRAGMA cache_size = 1"); // Pages, so that it has to read again.
            Point satDownAt = null;
            for (Point point : golden.points(daemon)) {
                replay.advanceTo(point.txid());
                for (Door door : doors) {
                    awaitTxid(door, point.txid());
                    assertWhole(door, daemon, point);
                }
                if (satDownAt != null) {
                    assertWhole(sitting, daemon + ", sitting until " + point.txid(), satDownAt);
                    assertThat(sitting.value("PRAGMA litestream_txid"))
                            .isEqualTo(satDownAt.txid().toString());
                    sitting.execute("COMMIT");
                }
                awaitTxid(sitting, point.txid());
                sitting.execute("BEGIN");
                assertThat(sitting.number("SELECT count(*) FROM a")).isEqualTo(point.rowsInA());
                satDownAt = point;
            }
            while (replay.hasMore()) {
                replay.advance();
            }
            Txid last = golden.reachable(daemon).getLast();
            for (Door door : doors) {
                awaitTxid(door, last);
                assertThat(door.number("SELECT sum(bal) FROM bank")).isEqualTo(5000);
                assertThat(integrity(door)).isEqualTo("ok");
            }
        } finally {
            for (Door door : doors) {
                door.close();
            }
        }
    }

    private Door open(Door.Kind kind, String sample) throws IOException {
        Path replica = folder.resolve(sample);
        golden.copyTo(sample, replica);
        return kind.open(url(replica), FOLLOW, Map.of());
    }

    private static String url(Path replica) {
        return "file://" + replica;
    }

    /** Looks at a state by the time of the first file that ended with it: a target is later than what it shows. */
    private void lookAt(Door door, String sample, Txid txid) throws IOException {
        Instant target = golden.files(sample + "/ltx").stream()
                .filter(file -> file.name().max().equals(txid))
                .map(StampedFile::time)
                .min(Instant::compareTo)
                .orElseThrow()
                .plusMillis(1);
        door.execute("PRAGMA litestream_time = '" + target + "'");
        assertThat(door.value("PRAGMA litestream_txid"))
                .as("%s at %s", sample, target)
                .isEqualTo(txid.toString());
    }

    private static void awaitTxid(Door door, Txid txid) {
        await("txid " + txid)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(door.value("PRAGMA litestream_txid")).isEqualTo(txid.toString()));
    }

    private void assertWhole(Door door, String where, Point point) throws IOException {
        assertSound(door, where, point.txid(), point.pages());
        assertThat(door.value("SELECT (SELECT count(*) FROM a), (SELECT sum(bal) FROM bank)"))
                .as("rows of a and sum of bank in %s at %s", where, point.txid())
                .isEqualTo(point.rowsInA() + "|" + point.sumInBank());
        byte[] dump =
                door.dump(Files.createDirectories(folder.resolve("copies"))).getBytes(StandardCharsets.UTF_8);
        assertThat(sha256(dump)).as("dump of %s at %s", where, point.txid()).isEqualTo(point.dumpSha256());
    }

    private static void assertSound(Door door, String where, Txid txid, long pages) throws IOException {
        assertThat(door.number("PRAGMA page_count"))
                .as("pages of %s at %s", where, txid)
                .isEqualTo(pages);
        assertThat(integrity(door)).as("%s at %s", where, txid).isEqualTo("ok");
    }

    /**
     * FTS5 of SQLite 3.44 and later checks what it remembers of a table against what it reads, and forgets only when a
     * query comes along: a change by another connection makes the check of a plain file fail just the same.
     */
    private static String integrity(Door door) throws IOException {
        List<String> fullText =
                door.rows("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE% USING fts5%'");
        for (String table : fullText) {
            List<String> _ = door.rows("SELECT count(*) FROM " + table);
        }
        return door.value("PRAGMA integrity_check");
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
