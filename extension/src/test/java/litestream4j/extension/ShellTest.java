package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The extension in the sqlite3 shell. */
class ShellTest {
    private static final String OPEN = ".open 'file:x.db?vfs=litestream'\n";

    private static String load = "";

    @TempDir
    private Path scratch;

    @BeforeAll
    static void assemble() throws IOException {
        Interop.assumeAvailable(Interop.Program.SQLITE3);
        load = ".load " + ExtensionFolder.shared().library() + " sqlite3_litestreamvfs_init\n";
    }

    private static Sqlite3Shell shell() {
        return Sqlite3Shell.inMemory().withEnvironment(ExtensionFolder.java());
    }

    private static Sqlite3Shell shell(String replicaUrl) {
        return shell().withEnvironment(Map.of("LITESTREAM_REPLICA_URL", replicaUrl));
    }

    private static Sqlite3Shell sample() {
        return shell("file://" + GoldenFolder.orSkip("real-0.5.17"));
    }

    /** Debian's shell is of 3.40, which has no sqlite3_is_interrupted: asking it all the same ended the process. */
    @Test
    void aTransactionThatWaitsForALostReplicaFailsAndTheHostLives() throws IOException {
        GoldenFolder.copy(GoldenFolder.orSkip("real-0.5.17"), scratch);
        // Longer than the two seconds after which a local replica is listed again.
        String lose = ".shell rm -r '%s'; sleep 3\n".formatted(scratch.resolve("ltx"));
        String open = ".open 'file:x.db?vfs=litestream&poll_interval=20ms&max_lag=200ms'\n";
        ProcessOutput output = shell("file://" + scratch)
                .run(load + open + "SELECT count(*) FROM t;\n" + lose + "SELECT count(*) FROM t;\n");
        assertThat(output.stdout()).isEqualTo("150\n");
        assertThat(output.stderr()).contains("more than max_lag=0.2s allows").contains("disk I/O error");
    }

    @Test
    void aReplicaIsQueriedInPlace() throws IOException {
        ProcessOutput output = sample().run(load + OPEN + """
                        SELECT count(*), sum(v) FROM t;
                        PRAGMA litestream_txid;
                        SELECT litestream_txid(), litestream_time();
                        PRAGMA page_count;
                        PRAGMA integrity_check;
                        PRAGMA litestream_time = '2026-11-22T18:53:44Z';
                        PRAGMA litestream_time;
                        SELECT count(*), litestream_txid() FROM t;
                        PRAGMA litestream_time = LATEST;
                        SELECT quote(litestream_set_time('latest'));
                        PRAGMA journal_mode = WAL;
                        CREATE TEMP TABLE mine AS SELECT * FROM t; SELECT count(*) FROM mine;
                        """);
        assertThat(output.success()).isEqualTo("""
                        150|7389
                        0000000000000006
                        0000000000000006|2026-11-22T18:53:47.908Z
                        6
                        ok
                        2026-11-22T18:53:44Z
                        200|0000000000000003
                        NULL
                        delete
                        150
                        """);
        assertThat(output.stderr()).as("the log is silent").isEmpty();
    }

    @Test
    void theColumnOfAPragmaIsNamedLikeItsValue() throws IOException {
        assertThat(sample().run(load + OPEN + ".headers on\nPRAGMA litestream_txid;\n")
                        .success())
                .isEqualTo("0000000000000006\n0000000000000006\n");
    }

    @Test
    void aWriteIsRefused() throws IOException {
        ProcessOutput output = sample().run(load + OPEN + "INSERT INTO t VALUES (1000, 'x', 1);");
        assertThat(output.exit()).isEqualTo(1);
        assertThat(output.stderr()).contains("attempt to write a readonly database (8)");
    }

    @Test
    void theEntryPointCanBeLeftOutAndTheLoadRepeated() throws IOException {
        String bare = load.replace(" sqlite3_litestreamvfs_init", "");
        assertThat(sample().run(bare + bare + OPEN + load + "SELECT count(*) FROM t;")
                        .success())
                .isEqualTo("150\n");
    }

    /** Litestream's archives of a release call theirs litestream.so, its packages litestream-vfs.so. */
    @Test
    void theFileMayHaveAnyNameAlsoWithoutAnEntryPoint() throws IOException {
        for (String name : new String[] {"litestream.so", "libreplica2.so"}) {
            Path link = Files.createSymbolicLink(
                    scratch.resolve(name), ExtensionFolder.shared().library());
            assertThat(sample().run(".load " + link + "\n" + OPEN + "SELECT count(*) FROM t;")
                            .success())
                    .as(name)
                    .isEqualTo("150\n");
        }
    }

    @Test
    void plainDatabasesStayPlain() throws IOException {
        Path plain = scratch.resolve("plain.db");
        ProcessOutput output = sample().run(load + OPEN
                + "ATTACH 'file:%s?vfs=unix' AS p; CREATE TABLE p.copy AS SELECT * FROM t;\n".formatted(plain)
                + "VACUUM INTO 'file:%s?vfs=unix';\n".formatted(scratch.resolve("whole.db"))
                + ".open " + plain + "\nSELECT count(*) FROM copy;\n"
                + "INSERT INTO copy VALUES (1000, 'x', 1); SELECT count(*) FROM copy;\n"
                + ".open " + scratch.resolve("whole.db") + "\nSELECT count(*) FROM t; PRAGMA integrity_check;\n");
        assertThat(output.success()).isEqualTo("150\n151\n150\nok\n");
    }

    @Test
    void loadingAndPlainDatabasesNeedNoJava() throws IOException {
        ProcessOutput output = shell().withEnvironment(Map.of("LITESTREAM_JAVA_HOME", "/nowhere"))
                .run(load + "CREATE TABLE a (b); SELECT count(*) FROM a;");
        assertThat(output.success()).isEqualTo("0\n");
    }

    @Test
    void aMissingJavaIsNamed() throws IOException {
        ProcessOutput output = sample().withEnvironment(Map.of("LITESTREAM_JAVA_HOME", "/nowhere"))
                .run(load + OPEN);
        assertThat(output.stderr())
                .contains("litestream: LITESTREAM_JAVA_HOME=/nowhere holds no Java")
                .contains("unable to open database");
    }

    @Test
    void missingJarsAreNamed() throws IOException {
        Path alone = Files.copy(ExtensionFolder.shared().library(), scratch.resolve("litestream-vfs.so"));
        ProcessOutput output = sample().run(".load " + alone + "\n" + OPEN);
        assertThat(output.stderr())
                .contains("litestream: no jars in %s/lib: keep litestream-vfs.so beside".formatted(scratch));
    }

    @Test
    void anUnusableUrlIsNamedInTheLog() throws IOException {
        assertThat(shell("foo://x").run(load + OPEN).stderr())
                .contains("level=ERROR msg=\"cannot open: unsupported replica URL scheme: \\\"foo\\\": known");
        assertThat(shell().run(load + OPEN).stderr()).contains("no replica configured: set LITESTREAM_REPLICA_URL");
    }

    @Test
    void whatTheGoExtensionCanBeToldIsReadFromAndWarnedOf() throws IOException {
        String uri = ".open 'file:x.db?vfs=litestream&hydration_enabled=true&buffer_path=/nowhere/b'\n";
        ProcessOutput output = sample().withEnvironment(Map.of("LITESTREAM_WRITE_ENABLED", "true"))
                .run(load + uri + "SELECT count(*) FROM t;\n" + OPEN + "SELECT count(*) FROM t;\n");
        assertThat(output.success()).isEqualTo("150\n150\n");
        assertThat(output.stderr().lines()).hasSize(2);
        assertThat(output.stderr())
                .contains("level=WARN", "write_enabled is set, but there is no write mode")
                .contains("hydration_enabled is set, but there is no hydration");
    }

    @Test
    void aSettingOfTheGoExtensionThatIsInvalidFailsTheOpen() throws IOException {
        assertThat(sample().run(load + ".open 'file:x.db?vfs=litestream&sync_interval=soon'\n")
                        .stderr())
                .contains("invalid sync_interval:", "soon", "unable to open database");
    }

    @Test
    void aHistoryCanBeReadOnAConnectionThatAttachesAReplica() throws IOException {
        ProcessOutput output = sample().run(load + """
                        SELECT count(*) FROM (SELECT 1);
                        ATTACH 'file:x.db?vfs=litestream' AS replica;
                        SELECT count(*), max(max_txid) FROM litestream_history('replica');
                        """);
        assertThat(output.success()).isEqualTo("1\n6|0000000000000006\n");
    }

    @Test
    void theLogGoesToAFileIfOneIsNamed() throws IOException {
        Path log = scratch.resolve("vfs.log");
        ProcessOutput output = shell("foo://x")
                .withEnvironment(Map.of("LITESTREAM_LOG_FILE", log.toString()))
                .run(load + OPEN);
        assertThat(output.stderr()).doesNotContain("level=");
        assertThat(Files.readString(log))
                .matches("time=\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{3}Z level=ERROR msg=\"cannot open: .*\"\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aLogFileThatCannotBeOpenedFailsTheOpen() throws IOException {
        ProcessOutput output = sample().withEnvironment(Map.of("LITESTREAM_LOG_FILE", scratch + "/no/vfs.log"))
                .run(load + OPEN);
        assertThat(output.stderr())
                .contains("failed to open log file: %s/no/vfs.log: No such file or directory".formatted(scratch))
                .contains("unable to open database");
    }

    @Test
    void aNameThatIsNoUriIsRefused() throws IOException {
        ProcessOutput output = sample().run(".cd " + scratch + "\n" + load + ".open 'x.db?vfs=litestream'");
        assertThat(output.stderr()).contains("begin it with file: and open it as a URI");
    }
}
