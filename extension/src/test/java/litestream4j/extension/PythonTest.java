package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The extension in a host with threads, forks, signals and a deep stack of its own. */
class PythonTest {
    @TempDir
    private Path scratch;

    private static ProcessOutput run(String replicaUrl, String script) throws IOException {
        return PythonRun.of(replicaUrl).run(script);
    }

    private static String sample() {
        return "file://" + GoldenFolder.orSkip("real-0.5.17");
    }

    @Test
    void settingsFunctionsAndErrorsWork() throws IOException {
        assertThat(run(sample(), """
                                c = connect()
                                print(rows(c))
                                print(rows(c, "PRAGMA litestream_time = '2026-11-22T18:53:44Z'"))
                                print(rows(c), rows(c, 'SELECT litestream_txid()'))
                                for wrong in ("PRAGMA litestream_txid = 1", "DELETE FROM t"):
                                    try:
                                        c.execute(wrong)
                                    except sqlite3.OperationalError as e:
                                        print(str(e).partition(",")[0])
                                """).success()).isEqualTo("""
                        [(150, 7389)]
                        []
                        [(200, 9403)] [('0000000000000003',)]
                        litestream_txid is read-only
                        attempt to write a readonly database
                        """);
    }

    @Test
    void manyThreadsComeAndGo() throws IOException {
        assertThat(run(sample(), """
                                found = []
                                def work():
                                    for _ in range(3):
                                        c = connect()
                                        found.append(rows(c))
                                        c.close()
                                for _ in range(4):
                                    threads = [threading.Thread(target=work) for _ in range(25)]
                                    [t.start() for t in threads]
                                    [t.join() for t in threads]
                                print(len(found), found.count([(150, 7389)]))
                                """).success()).isEqualTo("300 300\n");
    }

    /** The JVM starts 5 MB deep in a stack of 8 MB, of which it may take nothing away. */
    @Test
    void theFirstOpenMayComeDeepInTheStack() throws IOException {
        assertThat(run(sample(), """
                                import ctypes
                                call = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
                                sys.setrecursionlimit(1 << 20)
                                found = []
                                def down(n):
                                    if n == 0:
                                        found.append(rows(connect()))
                                        return 0
                                    return step(n - 1)
                                step = call(down)
                                step(2500)
                                print(found)
                                """).success()).isEqualTo("[[(150, 7389)]]\n");
    }

    /** As Mono does, to notice that its stack is full: Java keeps to what is above. */
    @Test
    void aHostMayFenceOffTheLowerEndOfItsFirstStack() throws IOException {
        assertThat(run(sample(), """
                                import ctypes, re
                                stack = re.search(r'-([0-9a-f]+) .*\\[stack\\]', open('/proc/self/maps').read())
                                fence = ctypes.c_void_p(int(stack.group(1), 16) - (6 << 20))
                                ctypes.memset(fence, 0, 1)
                                assert ctypes.CDLL(None).mprotect(fence, 4096, 0) == 0
                                print(rows(connect()))
                                """).success()).isEqualTo("[(150, 7389)]\n");
    }

    @Test
    void aForkAfterwardsIsRefusedWithAReason() throws IOException {
        ProcessOutput output = run(sample(), """
                c = connect()
                print(rows(c))
                sys.stdout.flush()
                child = os.fork()
                if child == 0:
                    for attempt in (lambda: rows(c), lambda: rows(connect())):
                        try:
                            print(attempt())
                        except sqlite3.OperationalError as e:
                            print('child:', e)
                    print('child:', rows(sqlite3.connect(':memory:'), 'SELECT 1'))
                    os._exit(0)
                print(os.waitpid(child, 0)[1], rows(c))
                """);
        assertThat(output.success()).isEqualTo("""
                        [(150, 7389)]
                        child: disk I/O error
                        child: unable to open database file
                        child: [(1,)]
                        0 [(150, 7389)]
                        """);
        assertThat(output.stderr()).contains("the process was forked after the JVM had started");
    }

    @Test
    void aForkBeforehandIsFine() throws IOException {
        assertThat(run(sample(), """
                                child = os.fork()
                                print('parent' if child else 'child', rows(connect()), flush=True)
                                if child:
                                    print(os.waitpid(child, 0)[1])
                                """).success().lines())
                .containsExactlyInAnyOrder("parent [(150, 7389)]", "child [(150, 7389)]", "0");
    }

    /** A host that calls often enough is called by another way: it must not see any difference. */
    @Test
    void aHostOfManyCallsSeesTheSame() throws IOException {
        ProcessOutput output = PythonRun.ofSample()
                .with("LITESTREAM_JVM_OPTIONS", "-Dlitestream4j.many-calls=50")
                .with("LITESTREAM_LOG_LEVEL", "DEBUG")
                .with("LITESTREAM_LOG_FILE", scratch.resolve("log").toString())
                .run("""
                        def say(c):
                            print(rows(c), rows(c, 'SELECT litestream_txid()'))
                            for wrong in ('DELETE FROM t', "PRAGMA litestream_time = 'soon'"):
                                try:
                                    c.execute(wrong)
                                except sqlite3.Error as e:
                                    print(e)
                        c = connect()
                        say(c)
                        while 'by a pointer' not in open(os.environ['LITESTREAM_LOG_FILE']).read():
                            rows(connect())
                        say(c)
                        threading.stack_size(65536)
                        for _ in range(2):
                            thread = threading.Thread(target=lambda: say(connect()))
                            thread.start()
                            thread.join()
                        """);
        List<String> lines = output.success().lines().toList();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(12);
        assertThat(lines)
                .isEqualTo(Collections.nCopies(4, lines.subList(0, lines.size() / 4)).stream()
                        .flatMap(List::stream)
                        .toList());
        assertThat(lines.getFirst()).isEqualTo("[(150, 7389)] [('0000000000000006',)]");
    }

    @Test
    void ctrlCEndsTheWaitForAFirstSnapshot() throws IOException {
        ProcessOutput output = run("file://" + scratch, """
                signal.signal(signal.SIGINT, lambda *_: print('handler ran'))
                threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    connect()
                except sqlite3.OperationalError as e:
                    print(e)
                """);
        assertThat(output.success().lines()).containsExactlyInAnyOrder("interrupted", "handler ran");
        assertThat(output.stderr()).contains("level=INFO").contains("waiting for a first snapshot");
    }

    @Test
    void ctrlCEndsAReadThatTheStoreDoesNotAnswer() throws IOException {
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket")) {
            Path snapshot = LargeReplica.publish(scratch);
            store.put("replica/0000/" + snapshot.getFileName(), Files.readAllBytes(snapshot), Instant.now());
            Path silent = scratch.resolve("silent");
            store.failWhen(request -> Files.exists(silent) ? new S3Fault.Silence() : null);
            ProcessOutput output = run(store.url("replica"), """
                    c = connect()
                    print(rows(c, 'SELECT count(*) FROM t WHERE id = 1'))
                    open(%s, 'w').close()
                    signal.signal(signal.SIGINT, lambda *_: print('handler ran'))
                    threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                    begin = time.monotonic()
                    try:
                        print(rows(c, 'SELECT sum(length(b)) FROM t'))
                    except sqlite3.OperationalError as e:
                        print(e)
                    print(time.monotonic() - begin < 10)
                    print(rows(c, 'SELECT litestream_txid()'))
                    """.formatted("'" + silent + "'"));
            assertThat(output.success().lines())
                    .containsExactlyInAnyOrder(
                            "[(1,)]", "interrupted", "handler ran", "True", "[('0000000000000001',)]");
        }
    }
}
