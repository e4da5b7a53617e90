package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxTrailer;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.testkit.HostSession;
import litestream4j.testkit.Interop;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.ScriptedS3Server;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever is wrong, the person at the shell reads one line that names the thing, the cause and the way out;
 * nothing hangs, and the shell goes on with plain databases and ends in order.
 */
class BadInputTest {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "any-key", "AWS_SECRET_ACCESS_KEY", "any-secret", "AWS_REGION", "us-east-1");

    private static final PageSize PAGE_SIZE = new PageSize(4096);

    /** Compressed, far more than what is read whole and so verified when it is opened. */
    private static final int LARGE_PAGES = 200;

    @TempDir
    Path folder;

    @BeforeEach
    void findAll() {
        Interop.assumeAvailable(Interop.Program.SQLITE3);
        Path _ = Product.extension();
    }

    @Test
    void noConfiguration() throws IOException {
        assertThat(explanation("file:x.db?vfs=litestream", Map.of()))
                .contains("no replica configured", "set LITESTREAM_REPLICA_URL", "pass replica_url");
    }

    @Test
    void halfOfTheOlderConfiguration() throws IOException {
        assertThat(explanation("file:x.db?vfs=litestream", Map.of("LITESTREAM_S3_BUCKET", "b")))
                .contains("LITESTREAM_S3_BUCKET is set but LITESTREAM_S3_PATH is not", "set both");
    }

    @Test
    void urlWithoutScheme() throws IOException {
        assertThat(explanation("/data/x")).contains("replica url scheme required: /data/x");
    }

    @Test
    void unknownScheme() throws IOException {
        assertThat(explanation("foo://bucket/x"))
                .contains("unsupported replica URL scheme: \"foo\"", "known schemes are file, s3");
    }

    @Test
    void urlWithoutBucket() throws IOException {
        assertThat(explanation("s3:///x")).contains("bucket required for s3 replica URL");
    }

    @Test
    void settingThatIsNoDuration() throws IOException {
        assertThat(explanation("file:x.db?vfs=litestream&replica_url=file:///r&poll_interval=0s", Map.of()))
                .contains("invalid poll_interval: \"0s\"", "expected a duration such as 500ms");
    }

    @Test
    void folderWithoutJava() throws IOException {
        assertThat(explanation(uri(url("r")), Map.of("LITESTREAM_JAVA_HOME", "/nowhere")))
                .contains("LITESTREAM_JAVA_HOME=/nowhere holds no Java", "set it to Java 25 or later");
    }

    @Test
    void javaThatIsTooOld() throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk-17"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
        Files.createDirectories(home.resolve("lib/server"));
        Files.createFile(home.resolve("lib/server/libjvm.so"));
        Files.createFile(home.resolve("lib/modules"));
        assertThat(explanation(uri(url("r")), Map.of("LITESTREAM_JAVA_HOME", home.toString())))
                .contains("holds Java 17", "set it to Java 25 or later");
    }

    @Test
    void emptyReplicaWithATimeLimit() throws IOException {
        List<String> lines = linesOf(uri(url("empty")) + "&open_timeout=300ms", Map.of());
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains(url("empty"), "waiting for a first snapshot", "holds no files yet");
        assertThat(lines.getLast())
                .contains(url("empty"), "nothing to read after 0.3 s", "is the primary replicating there?");
    }

    @Test
    void waitForAnEmptyReplicaCanBeInterrupted() throws IOException {
        try (HostSession shell = HostSession.shell(Map.of())) {
            String script = ".load " + Product.extension() + "\n.open '" + uri(url("empty")) + "'";
            Future<String> open = CompletableFuture.supplyAsync(() -> run(shell, script));
            await().atMost(Duration.ofSeconds(20)).until(() -> shell.errors().contains("waiting for a first snapshot"));
            shell.interrupt();
            // With its input from a pipe the shell ends then, whatever was interrupted.
            await().atMost(Duration.ofSeconds(2)).until(open::isDone);
            assertThat(shell.errors())
                    .containsPattern("Error: unable to open database .*: interrupted")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void gapNamesBothItsEnds() throws IOException {
        Golden golden = Golden.orSkip();
        golden.copyTo("real-0.5.17", folder.resolve("r"));
        Files.delete(folder.resolve("r/ltx/0/" + LtxFileName.of(new Txid(3))));
        assertThat(explanation(url("r"))).contains(new Txid(2).toString(), new Txid(4).toString());
    }

    @Test
    void layoutOfLitestream03() throws IOException {
        Golden golden = Golden.orSkip();
        assertThat(explanation("file://" + golden.root().resolve("legacy-0.3")))
                .contains(
                        "replica of Litestream 0.3.x", "ae77adf786147ef8", "cannot be queried in place", "restore it");
    }

    @Test
    void fileOfTheFirstLtxGenerationIsLeftOut() throws IOException {
        Golden golden = Golden.orSkip();
        golden.copyTo("synthetic-levels", folder.resolve("r")); // Ends just before it.
        String name = LtxFileName.of(new Txid(13)).toString();
        Files.copy(
                golden.root().resolve("legacy-v1").resolve(name),
                folder.resolve("r/ltx/0").resolve(name));
        try (HostSession shell = HostSession.shell(Map.of())) {
            String answer = run(shell, """
                    .load %s
                    .open '%s'
                    PRAGMA litestream_txid; SELECT count(*) FROM t;
                    """.formatted(Product.extension(), uri(url("r"))));
            assertThat(answer).isEqualTo(new Txid(12) + "\n12\n");
            assertThat(shell.errors()).contains("leaving out a damaged file: L0/" + name, "expected");
        }
    }

    @Test
    void damagedHeader() throws IOException {
        LargeFile file = writeLargeReplica();
        flip(file.path(), 0);
        assertDamageIsNamed(file, "magic at byte 0");
    }

    @Test
    void damagedIndex() throws IOException {
        LargeFile file = writeLargeReplica();
        flip(file.path(), Files.size(file.path()) - 30);
        assertDamageIsNamed(file, "at byte");
    }

    @Test
    void fileThatWasCutShort() throws IOException {
        LargeFile file = writeLargeReplica();
        try (RandomAccessFile content = new RandomAccessFile(file.path().toFile(), "rw")) {
            content.setLength(content.length() - 31);
        }
        assertDamageIsNamed(file, "at byte");
    }

    @Test
    void damagedPageFailsTheStatementThatNeedsIt() throws IOException {
        LargeFile file = writeLargeReplica();
        flip(file.path(), file.middleFrame() + 3);
        assertDamageIsNamed(file, "page number at byte " + file.middleFrame());
    }

    @Test
    void missingBucket() throws IOException {
        try (ScriptedS3Server server = ScriptedS3Server.start("bucket")) {
            String url = "s3://other/p?endpoint=" + server.endpoint();
            assertThat(explanation(uri(url), KEYS)).contains("s3://other/p", "bucket");
        }
    }

    @Test
    void refusedCredentials() throws IOException {
        try (ScriptedS3Server server = ScriptedS3Server.start("bucket")) {
            for (String code : List.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")) {
                server.failWhen(_ -> S3Fault.status(403, code));
                assertThat(explanation(uri(server.url("p")), KEYS))
                        .contains("s3://bucket/p", code)
                        .doesNotContain("any-secret");
            }
        }
    }

    @Test
    void noCredentials() throws IOException {
        try (ScriptedS3Server server = ScriptedS3Server.start("bucket")) {
            assertThat(explanation(server.url("p")))
                    .contains("s3://bucket/p", "no credentials found", "set AWS_ACCESS_KEY_ID");
        }
    }

    @Test
    void unreachableEndpoint() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        String url = "s3://bucket/p?endpoint=http://127.0.0.1:" + port;
        assertThat(explanation(uri(url), KEYS))
                .contains("s3://bucket/p", "127.0.0.1:" + port, "connection refused", "check the endpoint");
    }

    @Test
    void databaseNameWithoutFile() throws IOException {
        try (HostSession shell = HostSession.shell(Map.of("LITESTREAM_REPLICA_URL", url("r")))) {
            run(shell, ".load " + Product.extension() + "\n.open 'x.db?vfs=litestream'");
            assertThat(shell.errors()).contains("taken for a local file", "begin it with file:");
            assertPlainSqliteWorks(shell);
        }
    }

    /** When the file is left out, when that leaves nothing and an upload may still be on its way, and as the reason. */
    private void assertDamageIsNamed(LargeFile file, String what) throws IOException {
        List<String> lines = linesOf(uri(url("r")), Map.of()).stream()
                .filter(line -> line.contains(file.label()))
                .toList();
        assertThat(lines)
                .hasSizeBetween(1, 3)
                .allSatisfy(line -> assertThat(line).contains(what, "expected", "found"));
    }

    /** Returns the one line that is not the shell's own. */
    private String explanation(String replica) throws IOException {
        return explanation(uri(replica), Map.of());
    }

    private String explanation(String uri, Map<String, String> environment) throws IOException {
        List<String> lines = linesOf(uri, environment);
        assertThat(lines).as("lines on standard error").hasSize(1);
        return lines.getFirst();
    }

    /** Returns the lines on standard error that are not the shell's own, of an attempt to open and to read. */
    private List<String> linesOf(String uri, Map<String, String> environment) throws IOException {
        try (HostSession shell = HostSession.shell(environment)) {
            String answer = run(shell, """
                    .load %s
                    .open '%s'
                    SELECT 'seen ' || count(*) || sum(length(v)) FROM t;
                    """.formatted(Product.extension(), uri));
            String errors = shell.errors();
            assertThat(answer).doesNotContain("seen");
            assertThat(errors).containsPattern("(?m)^(Error|Runtime error)").doesNotContain("\tat ");
            assertPlainSqliteWorks(shell);
            return errors.lines()
                    .filter(line -> !line.matches("(Error|Parse error|Runtime error).*"))
                    .map(line -> line.replace("\\\"", "\""))
                    .toList();
        }
    }

    private void assertPlainSqliteWorks(HostSession shell) throws IOException {
        String answer = run(shell, """
                .open '%s'
                CREATE TABLE plain(v); INSERT INTO plain VALUES ('plain works'); SELECT v FROM plain;
                """.formatted(folder.resolve("plain-" + System.nanoTime() + ".db")));
        assertThat(answer).isEqualTo("plain works\n");
    }

    private static String run(HostSession shell, String script) {
        try {
            return shell.run(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String url(String name) {
        return "file://" + folder.resolve(name);
    }

    private static String uri(String replica) {
        return Door.uri(replica, Duration.ofSeconds(1));
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(offset);
            int found = content.read();
            content.seek(offset);
            content.write(found ^ 0x80);
        }
    }

    /** A snapshot on level 9, and where in it the frame of a page in its middle begins. */
    private record LargeFile(Path path, long middleFrame) {
        String label() {
            return "L9/" + path.getFileName();
        }
    }

    /** Makes a replica of one snapshot of a table {@code t} of random blobs. */
    private LargeFile writeLargeReplica() throws IOException {
        Path database = folder.resolve("large.db");
        Sqlite3Shell.on(database)
                .run("""
                        PRAGMA page_size = %d;
                        CREATE TABLE t(v);
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                        INSERT INTO t SELECT randomblob(%d) FROM n;
                        """.formatted(PAGE_SIZE.bytes(), LARGE_PAGES, PAGE_SIZE.bytes() - 500))
                .success();
        byte[] content = Files.readAllBytes(database);
        int pages = content.length / PAGE_SIZE.bytes();
        Txid txid = new Txid(1);
        Path file = folder.resolve("r/ltx/9/" + LtxFileName.of(txid));
        Files.createDirectories(file.getParent());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(PAGE_SIZE, new Commit(pages), txid, txid, 0));
        long middleFrame = 0;
        for (int pgno = 1; pgno <= pages; pgno++) {
            if (pgno == pages / 2) {
                middleFrame = out.size();
            }
            int end = pgno * PAGE_SIZE.bytes();
            writer.page(pgno, Arrays.copyOfRange(content, end - PAGE_SIZE.bytes(), end));
        }
        LtxTrailer _ = writer.finish(0);
        Files.write(file, out.toByteArray());
        return new LargeFile(file, middleFrame);
    }
}
