package litestream4j.cli;

import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static litestream4j.testkit.Interop.Program.WEED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import litestream4j.ltx.Txid;
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

/** Goal: restore gives the files that the real Litestream gives, and verify finds nothing wrong with what it wrote. */
@Tag("interop")
class RealReplicaTest {
    @TempDir
    Path folder;

    private int restored;

    @Test
    void statesOfALivePrimaryInAFolder() throws Exception {
        Interop.assumeAvailable(LITESTREAM, SQLITE3);
        checkReplicaOf(LitestreamReplica.inFolder(folder.resolve("replica")));
    }

    @Test
    void replicasInS3() throws Exception {
        Interop.assumeAvailable(LITESTREAM, SQLITE3, WEED);
        try (SeaweedServer server = SeaweedServer.start("replicas")) {
            checkReplicaOf(server.replica("of/litestream"));
            checkPublication(server.replica("of/ours"));
        }
    }

    private void checkReplicaOf(LitestreamReplica replica) throws IOException {
        Path database = folder.resolve("primary.db");
        create(database);
        List<LtxFile> files;
        Instant between;
        try (LitestreamPrimary primary = LitestreamPrimary.start(database, replica, PrimarySchedule.FAST)) {
            write(primary, 0, 5);
            between = Instant.now();
            write(primary, 5, 12);
            files = primary.awaitFiles(
                    listed -> listed.stream().anyMatch(file -> file.level().number() == 1)
                            && listed.stream().anyMatch(file -> file.level().isSnapshot()),
                    Duration.ofSeconds(40));
            primary.stop();
        }
        files = replica.files();
        assertSame(replica, List.of(), List.of());
        SortedSet<Txid> ends = new TreeSet<>();
        files.forEach(file -> ends.add(file.max()));
        for (Txid end : ends) {
            assertSameIfThere(replica, end);
        }
        assertThat(restored).as("states compared").isGreaterThan(5);
        ToolRun byTime = run(replica, "restore", replica.url(), "-o", file("time"), "--time", between.toString());
        assertThat(byTime.exitCode()).as(byTime.err()).isZero();
        ToolRun verified = run(replica, "verify", replica.url());
        assertThat(verified.success()).contains("integrity  ok\n").endsWith("verdict    sound\n");
        assertThat(run(replica, "verify", "--quick", replica.url()).success()).contains("verdict    sound");
        assertThat(run(replica, "info", replica.url()).success()).contains("newest    txid " + ends.last());
    }

    private void checkPublication(LitestreamReplica replica) throws IOException {
        Path database = folder.resolve("published.db");
        create(database);
        assertThat(run(replica, "publish", database.toString(), replica.url()).success())
                .startsWith("published txid 0000000000000001 to s3://replicas/of/ours: ");
        String more = Sqlite3Shell.on(database)
                .run("INSERT INTO item(name, picture) VALUES ('later', randomblob(3000000));")
                .success();
        assertThat(more).isEmpty();
        assertThat(run(replica, "publish", "--snapshot", database.toString(), replica.url())
                        .success())
                .startsWith("published txid 0000000000000002 to s3://replicas/of/ours: ");
        assertThat(run(replica, "publish", database.toString(), replica.url()).success())
                .isEqualTo("nothing changed: s3://replicas/of/ours is at txid 0000000000000002 already\n");
        assertSame(replica, List.of(), List.of());
        assertSameIfThere(replica, new Txid(1));
        assertThat(run(replica, "verify", replica.url()).success())
                .contains("snapshots  1 compared with the other files: the same pages")
                .endsWith("verdict    sound\n");
        assertThat(run(replica, "ls", "--csv", replica.url()).success()).hasLineCount(4);
    }

    private void assertSameIfThere(LitestreamReplica replica, Txid txid) throws IOException {
        ToolRun run = run(replica, "restore", replica.url(), "-o", file("probe" + txid), "--txid", txid.toString());
        if (run.exitCode() == ExitCode.NOTHING_TO_READ) {
            return; // Inside a merged file by now.
        }
        assertSame(replica, List.of("--txid", txid.toString()), List.of(txid));
    }

    private void assertSame(LitestreamReplica replica, List<String> options, List<Txid> txid) throws IOException {
        Path theirs = Path.of(file("theirs"));
        Path ours = Path.of(file("ours"));
        Files.deleteIfExists(theirs);
        if (txid.isEmpty()) {
            replica.restore(theirs);
        } else {
            replica.restore(theirs, txid.getFirst());
        }
        ToolRun run = options.isEmpty()
                ? run(replica, "restore", replica.url(), "-o", ours.toString(), "--force")
                : run(
                        replica,
                        "restore",
                        replica.url(),
                        "-o",
                        ours.toString(),
                        "--force",
                        options.get(0),
                        options.get(1));
        assertThat(run.success()).contains("verified");
        assertThat(Files.mismatch(ours, theirs)).as(replica + " " + options).isEqualTo(-1);
        restored++;
    }

    private String file(String name) {
        return folder.resolve(name + ".db").toString();
    }

    private static void create(Path database) throws IOException {
        String _ = Sqlite3Shell.on(database).run("""
                        PRAGMA auto_vacuum = INCREMENTAL;
                        PRAGMA journal_mode = WAL;
                        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, picture BLOB);
                        INSERT INTO item(name) VALUES ('first');
                        """).success();
    }

    private static void write(LitestreamPrimary primary, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            assertThat(primary.execute(
                            """
                    PRAGMA wal_autocheckpoint = 0;
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
                    INSERT INTO item(name, picture) SELECT 'name ' || i, randomblob(i * %d) FROM n;
                    DELETE FROM item WHERE id %% 3 = %d;
                    %s;
                    """.formatted(i + 1, i % 3, i % 4 == 3 ? "PRAGMA incremental_vacuum" : "SELECT 1")))
                    .isNotNull();
        }
    }

    private static ToolRun run(LitestreamReplica replica, String... arguments) {
        return ToolRun.with("", Map.copyOf(replica.environment()), arguments);
    }
}
