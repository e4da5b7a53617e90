package litestream4j.interop;

import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.PYTHON;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static litestream4j.testkit.Interop.Program.WEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.testkit.Interop;
import litestream4j.testkit.LitestreamPrimary;
import litestream4j.testkit.LitestreamReplica;
import litestream4j.testkit.PrimarySchedule;
import litestream4j.testkit.SeaweedServer;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what the real Litestream replicates under load, through compactions, snapshots and deletions, is what every
 * door shows. Method: at moments when the writer rests, the dump through each door equals the primary's own.
 */
@Tag("interop")
class LivePrimaryTest {
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    /** With the comparisons in between longer than the schedule's 8 s for a snapshot, and than what level 2 takes. */
    private static final int ROUNDS = 5;

    private static final Duration LOAD = Duration.ofMillis(1500);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void everyDoorFollowsAFolder() throws Exception {
        Interop.assumeAvailable(LITESTREAM, SQLITE3, PYTHON);
        assertFollowed(LitestreamReplica.inFolder(folder.resolve("replica")));
    }

    @Test
    void everyDoorFollowsAnS3Server() throws Exception {
        Interop.assumeAvailable(LITESTREAM, WEED, SQLITE3, PYTHON);
        try (SeaweedServer server = SeaweedServer.start("replicas")) {
            assertFollowed(server.replica("some/path"));
        }
    }

    private void assertFollowed(LitestreamReplica replica) throws Exception {
        Path database = RandomLoad.create(folder.resolve("primary.db"));
        List<Door> doors = new ArrayList<>();
        try (LitestreamPrimary primary = LitestreamPrimary.start(database, replica, PrimarySchedule.FAST);
                RandomLoad load = new RandomLoad(database, SEED)) {
            for (Door.Kind kind : Door.Kind.values()) {
                doors.add(kind.open(replica.url(), POLL_INTERVAL, replica.environment()));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                load.runFor(LOAD);
                for (Door door : doors) {
                    assertSameAsPrimary(door, primary, "round " + round + " through " + door.getClass());
                }
            }
            List<LtxFile> files = primary.awaitFiles(
                    found -> levels(found).containsAll(Set.of(Level.L0, new Level(1), new Level(2), Level.SNAPSHOT)),
                    PATIENCE);
            assertThat(files)
                    .as("files after the deletions of level 0")
                    .noneMatch(
                            file -> file.level().equals(Level.L0) && file.min().equals(new Txid(1)));
            try (Door late = Door.Kind.JDBC.open(replica.url(), POLL_INTERVAL, replica.environment())) {
                assertSameAsPrimary(late, primary, "a new connection at the end");
            }
        } finally {
            for (Door door : doors) {
                door.close();
            }
        }
    }

    /**
     * The writer rests, but the primary may add a transaction of its own at a checkpoint: then all is looked at once
     * more.
     */
    private void assertSameAsPrimary(Door door, LitestreamPrimary primary, String when) throws IOException {
        Path copies = Files.createDirectories(folder.resolve("copies"));
        await(when)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    String txid = primary.sync().toString();
                    String expected =
                            Sqlite3Shell.on(primary.database()).run(".dump").success();
                    assertThat(primary.sync()).asString().isEqualTo(txid);
                    await("txid " + txid)
                            .atMost(Duration.ofSeconds(10))
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> door.value("PRAGMA litestream_txid").equals(txid));
                    String found = door.dump(copies);
                    assertThat(door.value("PRAGMA integrity_check")).isEqualTo("ok");
                    assertThat(door.value("PRAGMA litestream_txid")).isEqualTo(txid);
                    assertThat(found.equals(expected))
                            .as("dump at %s, seed=%d, %s", txid, SEED, when)
                            .isTrue();
                });
    }

    private static Set<Level> levels(List<LtxFile> files) {
        return files.stream().map(LtxFile::level).collect(Collectors.toSet());
    }
}
