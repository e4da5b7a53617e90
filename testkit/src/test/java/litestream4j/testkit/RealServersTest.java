package litestream4j.testkit;

import static litestream4j.testkit.Interop.Program.GO_EXTENSION;
import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.PYTHON;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static litestream4j.testkit.Interop.Program.WEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers against the programs that they launch. */
@Tag("interop")
class RealServersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void primaryFillsAllLevelsOfAFolder() throws IOException {
        Interop.assumeAvailable(LITESTREAM, SQLITE3);
        PrimarySchedule schedule = PrimarySchedule.FAST
                .withLevels(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .withSnapshots(Duration.ofSeconds(3), Duration.ofMinutes(1))
                .withL0Retention(Duration.ofSeconds(1));
        try (LitestreamPrimary primary = startPrimary(folderReplica(), schedule)) {
            primary.execute("INSERT INTO t(v) VALUES ('one')");
            primary.awaitFiles(files -> levels(files).contains(new Level(2)), PATIENCE);

            Txid last = primary.execute("INSERT INTO t(v) VALUES ('two')");
            List<LtxFile> settled = primary.awaitSettled(Duration.ofSeconds(4), PATIENCE);

            assertThat(levels(settled)).containsExactlyInAnyOrder(Level.L0, new Level(1), new Level(2), Level.SNAPSHOT);
            assertThat(settled).extracting(LtxFile::max).contains(last);
            assertThat(settled.stream().filter(file -> file.level().equals(Level.L0)))
                    .as("files on L0 after its retention")
                    .hasSize(1);
            assertThat(primary.replica().newest()).isEqualTo(last);
        }
    }

    @Test
    void restoreGivesTheStateOfATransaction() throws IOException {
        Interop.assumeAvailable(LITESTREAM, SQLITE3);
        try (LitestreamPrimary primary = startPrimary(folderReplica(), PrimarySchedule.L0_ONLY)) {
            Txid one = primary.execute("INSERT INTO t(v) VALUES ('one')");
            Txid two = primary.execute("INSERT INTO t(v) VALUES ('two')");
            Path restored = folder.resolve("restored.db");
            primary.replica().restore(restored, one);

            assertThat(two).isEqualTo(one.next());
            assertThat(Sqlite3Shell.readOnly(restored).run("SELECT v FROM t").lines())
                    .containsExactly("one");
            assertThat(primary.replica().dump(one)).contains("'one'").doesNotContain("'two'");
            assertThat(primary.replica().dump())
                    .isEqualTo(Sqlite3Shell.on(primary.database()).run(".dump").success());
            assertThatThrownBy(() -> primary.replica().dump(new Txid(1000)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("no matching backup files");
        }
    }

    @Test
    void primaryGoesOnAfterAStopAndAfterAKill() throws IOException {
        Interop.assumeAvailable(LITESTREAM, SQLITE3);
        try (LitestreamPrimary primary = startPrimary(folderReplica(), PrimarySchedule.L0_ONLY)) {
            Txid before = primary.sync();
            primary.stop();
            Sqlite3Shell.on(primary.database())
                    .run("INSERT INTO t(v) VALUES ('stopped')")
                    .success();
            primary.start();
            Txid between = primary.sync();
            primary.kill();
            assertThatThrownBy(primary::sync)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ended with status");
            Sqlite3Shell.on(primary.database())
                    .run("INSERT INTO t(v) VALUES ('killed')")
                    .success();
            primary.start();

            assertThat(between.isAfter(before)).isTrue();
            assertThat(primary.sync().isAfter(between)).isTrue();
            assertThat(primary.replica().dump()).contains("'stopped'").contains("'killed'");
        }
    }

    @Test
    void primaryThatCannotStartSaysWhy() throws IOException {
        Interop.assumeAvailable(LITESTREAM, SQLITE3);
        LitestreamReplica nowhere = new LitestreamReplica("nowhere://bucket/path", Map.of());

        assertThatThrownBy(() -> startPrimary(nowhere, PrimarySchedule.FAST))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("litestream ended with status 1")
                .hasMessageContaining("nowhere");
    }

    @Test
    void objectsSurviveAKillOfTheServer() throws IOException {
        Interop.assumeAvailable(WEED, LITESTREAM, SQLITE3);
        try (SeaweedServer server = SeaweedServer.start("replicas");
                LitestreamPrimary primary = startPrimary(server.replica("a/b"), PrimarySchedule.FAST)) {
            server.put("other/key", "content".getBytes(StandardCharsets.UTF_8));
            Txid before = primary.execute("INSERT INTO t(v) VALUES ('before')");
            server.kill();
            server.restart();

            assertThat(server.get("other/key")).asString(StandardCharsets.UTF_8).isEqualTo("content");
            assertThat(primary.execute("INSERT INTO t(v) VALUES ('after')").isAfter(before))
                    .isTrue();
            assertThat(primary.replica().dump()).contains("'before'").contains("'after'");
            server.delete("other/key");
            assertThatThrownBy(() -> server.get("other/key")).hasMessageContaining("found 404");
        }
    }

    @Test
    void pausedServerAnswersAfterItResumes() throws IOException {
        Interop.assumeAvailable(WEED);
        try (SeaweedServer server = SeaweedServer.start("replicas")) {
            server.put("key", new byte[] {7});
            server.pause();
            assertThatThrownBy(() -> server.get("key")).hasMessageContaining("timed out");
            server.resume();

            assertThat(server.get("key")).containsExactly(7);
        }
    }

    @Test
    void goExtensionReadsBothKindsOfReplica() throws IOException {
        Interop.assumeAvailable(GO_EXTENSION, WEED, LITESTREAM, SQLITE3, PYTHON);
        try (SeaweedServer server = SeaweedServer.start("replicas")) {
            for (LitestreamReplica replica : List.of(folderReplica(), server.replica("a/b"))) {
                try (LitestreamPrimary primary = startPrimary(replica, PrimarySchedule.L0_ONLY)) {
                    Txid txid = primary.execute("INSERT INTO t(v) VALUES ('seen')");

                    assertThat(readThroughShell(replica)).containsExactly("seen", txid.toString());
                    assertThat(readThroughPython(replica)).containsExactly("seen", txid.toString());
                }
                Files.delete(folder.resolve("primary.db"));
            }
        }
    }

    @Test
    void programThatHangsIsKilled() {
        Interop.assumeAvailable(PYTHON);
        PythonHost host = PythonHost.create().withTimeout(Duration.ofMillis(500));

        assertThatThrownBy(() -> host.run("print('before')\nwhile True: pass"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("did not end within")
                .hasMessageContaining("before");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .as("processes left")
                .isEmpty();
    }

    @Test
    void hostsSeeTheGivenEnvironmentAndNoneOfTheMachines() throws IOException {
        Interop.assumeAvailable(PYTHON);
        ProcessOutput output = PythonHost.create()
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", "file:///given"))
                .withArguments("argument")
                .run("""
                        import os, sys
                        print(sys.argv[1])
                        for name in sorted(os.environ):
                            if name.startswith(("AWS_", "LITESTREAM_")):
                                print(name, os.environ[name])
                        sys.exit(7)
                        """);

        assertThat(output.exit()).isEqualTo(7);
        assertThat(output.stdout().lines())
                .containsExactly(
                        "argument",
                        "AWS_CONFIG_FILE /dev/null",
                        "AWS_EC2_METADATA_DISABLED true",
                        "AWS_SHARED_CREDENTIALS_FILE /dev/null",
                        "LITESTREAM_REPLICA_URL file:///given");
        assertThatThrownBy(output::success).isInstanceOf(AssertionError.class).hasMessageContaining("status 7");
    }

    private static List<String> readThroughShell(LitestreamReplica replica) throws IOException {
        return Sqlite3Shell.inMemory()
                .withEnvironment(replica.environment())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", replica.url()))
                .run("""
                        .load %s sqlite3_litestreamvfs_init
                        .open 'file:replica.db?vfs=litestream'
                        SELECT v FROM t;
                        PRAGMA litestream_txid;
                        """.formatted(Interop.goExtension().orElseThrow()))
                .lines();
    }

    private static List<String> readThroughPython(LitestreamReplica replica) throws IOException {
        return PythonHost.create()
                .withEnvironment(replica.environment())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", replica.url()))
                .withArguments(Interop.goExtension().orElseThrow().toString())
                .run("""
                        import sqlite3, sys
                        loader = sqlite3.connect(":memory:")
                        loader.enable_load_extension(True)
                        loader.execute("SELECT load_extension(?, 'sqlite3_litestreamvfs_init')", (sys.argv[1],))
                        replica = sqlite3.connect("file:replica.db?vfs=litestream", uri=True)
                        print(replica.execute("SELECT v FROM t").fetchone()[0])
                        print(replica.execute("PRAGMA litestream_txid").fetchone()[0])
                        """)
                .lines();
    }

    private LitestreamReplica folderReplica() {
        return LitestreamReplica.inFolder(folder.resolve("replica"));
    }

    private LitestreamPrimary startPrimary(LitestreamReplica replica, PrimarySchedule schedule) throws IOException {
        Path database = folder.resolve("primary.db");
        Sqlite3Shell.on(database)
                .run("PRAGMA journal_mode=WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
                .success();
        return LitestreamPrimary.start(database, replica, schedule);
    }

    private static Set<Level> levels(List<LtxFile> files) {
        return files.stream().map(LtxFile::level).collect(Collectors.toSet());
    }
}
