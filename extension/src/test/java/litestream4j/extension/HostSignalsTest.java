package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals, the way a process ends, and the threads it has, with a JVM inside of it and as without one. */
class HostSignalsTest {
    private static final String OPEN = """
            c = connect()
            assert rows(c) == [(150, 7389)]
            """;

    /** Threads may end while they are looked at. */
    private static final String BLOCKED_BY_THREADS_OF_THE_ENGINE = """
            def blocked_by_threads_of_the_engine(name='litestream'):
                for task in os.listdir('/proc/self/task'):
                    try:
                        with open(f'/proc/self/task/{task}/status') as file:
                            status = dict(line.split(':', 1) for line in file)
                    except OSError:
                        continue
                    if status['Name'].strip().startswith(name):
                        yield int(status['SigBlk'], 16)
            """;

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sys.exit(7)                                         | 7
                    os._exit(8)                                         | 8
                    os.kill(os.getpid(), signal.SIGTERM)                | 143
                    os.kill(os.getpid(), signal.SIGHUP)                 | 129
                    os.kill(os.getpid(), signal.SIGUSR1)                | 138
                    os.kill(os.getpid(), signal.SIGUSR2)                | 140
                    signal.raise_signal(signal.SIGXFSZ)                 | 0
                    """)
    void theEndIsTheHostsOwn(String statement, int exit) throws IOException {
        ProcessOutput output = PythonRun.ofSample().run(OPEN + statement.strip() + "\n");
        assertThat(output.exit()).as(output.stderr()).isEqualTo(exit);
        assertThat(output.stdout()).isEmpty();
    }

    /** Python ignores SIGPIPE, so the default is set before the JVM starts, as a shell has it. */
    @Test
    void aClosedPipeEndsAHostThatDoesNotIgnoreIt() throws IOException {
        ProcessOutput output = PythonRun.ofSample().run("""
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                c = connect()
                assert rows(c) == [(150, 7389)]
                r, w = os.pipe()
                os.close(r)
                os.write(w, b'x')
                print('still here')
                """);
        assertThat(output.exit()).as(output.stderr()).isEqualTo(141);
        assertThat(output.stdout()).isEmpty();
    }

    @Test
    void aClosedPipeIsAnErrorToAHostThatIgnoresIt() throws IOException {
        assertThat(PythonRun.ofSample().run(OPEN + """
                                r, w = os.pipe()
                                os.close(r)
                                try:
                                    os.write(w, b'x')
                                except BrokenPipeError:
                                    print('refused')
                                """).success()).isEqualTo("refused\n");
    }

    @Test
    void handlersThatAreSetBeforeOrAfterwardsRunOnTheMainThread() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                def tell(number, _):
                                    print(signal.Signals(number).name)
                                early = (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
                                for number in early:
                                    signal.signal(number, tell)
                                c = connect()
                                rows(c)
                                signal.signal(signal.SIGINT, tell)
                                for number in (*early, signal.SIGINT):
                                    os.kill(os.getpid(), number)
                                print(rows(c))
                                """).success())
                .isEqualTo("SIGTERM\nSIGUSR1\nSIGUSR2\nSIGINT\n[(150, 7389)]\n");
    }

    /** Node waits for ever for a child that ends unnoticed. */
    @Test
    void theHostHearsOfItsChildren() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import subprocess
                                signal.signal(signal.SIGCHLD, lambda *_: print('child'))
                                c = connect()
                                print(rows(c))
                                print(subprocess.run(['true']).returncode, flush=True)
                                """).success()).isEqualTo("[(150, 7389)]\nchild\n0\n");
    }

    /** A signal that all threads of the host block waits for sigwait; a thread of the JVM must not take it. */
    @ParameterizedTest
    @ValueSource(strings = {"SIGTERM", "SIGUSR1", "SIGUSR2"})
    void aHostMayWaitForSignals(String name) throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                awaited = signal.%s
                                signal.pthread_sigmask(signal.SIG_BLOCK, {awaited})
                                c = connect()
                                rows(c)
                                for _ in range(20):
                                    os.kill(os.getpid(), awaited)
                                    print(signal.sigwait({awaited}).name)
                                """.formatted(name)).success()).isEqualTo((name + "\n").repeat(20));
    }

    /**
     * Programs set up how they hear of signals when they are ready to, which may be after their first query: threads
     * that the engine made for it must not be born with what the host's thread did not block then.
     */
    @ParameterizedTest
    @ValueSource(strings = {"SIGTERM", "SIGUSR1", "SIGUSR2"})
    void aHostMayWaitForSignalsAfterItsFirstQuery(String name) throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                awaited = signal.%s
                                c = connect()
                                rows(c)
                                signal.pthread_sigmask(signal.SIG_BLOCK, {awaited})
                                for _ in range(20):
                                    os.kill(os.getpid(), awaited)
                                    print(signal.sigwait({awaited}).name)
                                """.formatted(name)).success()).isEqualTo((name + "\n").repeat(20));
    }

    /** Workers of a pool often block all signals; one that makes the first query makes threads for all the others. */
    @Test
    void threadsOfTheJvmBlockTheSameWhoeverMadeThem() throws IOException {
        assertThat(PythonRun.ofSample()
                        .run(BLOCKED_BY_THREADS_OF_THE_ENGINE + """
                                def query():
                                    rows(connect())
                                worker = threading.Thread(target=query)
                                before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
                                worker.start()
                                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                                worker.join()
                                for blocked in blocked_by_threads_of_the_engine():
                                    print(blocked >> signal.SIGRTMAX - 3 & 1, blocked >> signal.SIGTERM - 1 & 1)
                                """)
                        .success()
                        .lines()
                        .distinct())
                .containsExactly("0 1");
    }

    /** Those that call a store are made when there is something to call it for, and end soon after. */
    @Test
    void aHostMayWaitForSignalsWhileAStoreIsRead() throws IOException {
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket")) {
            Path snapshot = LargeReplica.publish(scratch);
            store.put("replica/0000/" + snapshot.getFileName(), Files.readAllBytes(snapshot), Instant.now());
            assertThat(PythonRun.of(store.url("replica"))
                            .run(BLOCKED_BY_THREADS_OF_THE_ENGINE + """
                                rows(connect(), 'SELECT sum(length(b)) FROM t')
                                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
                                for blocked in blocked_by_threads_of_the_engine('litestream-io'):
                                    print(blocked >> signal.SIGRTMAX - 3 & 1, blocked >> signal.SIGTERM - 1 & 1)
                                os.kill(os.getpid(), signal.SIGTERM)
                                print(signal.sigwait({signal.SIGTERM}).name)
                                """)
                            .success()
                            .lines()
                            .distinct())
                    .containsExactly("0 1", "SIGTERM");
        }
    }

    @Test
    void threadsOfTheHostKeepWhatTheyBlock() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                blocked = {signal.SIGUSR2, signal.SIGTERM}
                                signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
                                rows(connect())
                                print(blocked <= signal.pthread_sigmask(signal.SIG_BLOCK, ()))
                                """).success()).isEqualTo("True\n");
    }

    /** Go's runtime blocks all signals on a thread that is to end, and crashes if one is handled there after that. */
    @Test
    void aThreadThatEndsKeepsWhatItBlocks() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import time
                                signal.signal(signal.SIGURG, lambda *_: print('handled'))
                                def work():
                                    print(rows(connect()), flush=True)
                                    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGURG})
                                    signal.pthread_kill(threading.get_ident(), signal.SIGURG)
                                thread = threading.Thread(target=work)
                                thread.start()
                                task = f'/proc/self/task/{thread.native_id}'
                                thread.join()
                                while os.path.exists(task):
                                    time.sleep(0.01)
                                """).success()).isEqualTo("[(150, 7389)]\n");
    }

    /**
     * Rust's tokio and signal-hook, with which Deno handles signals, call what was there before. The default action is
     * nothing to call, so ours must not take it then.
     */
    @ParameterizedTest
    @ValueSource(strings = {"SIGUSR2", "SIGPIPE", "SIGXFSZ"})
    void aHandlerThatIsSetAfterwardsMayCallTheOneBefore(String name) throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import ctypes
                                class Action(ctypes.Structure):
                                    _fields_ = [('handler', ctypes.c_void_p), ('mask', ctypes.c_ulong * 16),
                                                ('flags', ctypes.c_int), ('restorer', ctypes.c_void_p)]
                                handler = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
                                libc = ctypes.CDLL(None)
                                before = Action()
                                @handler
                                def chained(number, info, context):
                                    if before.handler:
                                        handler(before.handler)(number, info, context)
                                    print('handled', flush=True)
                                number = signal.%s
                                signal.signal(number, signal.SIG_DFL)
                                c = connect()
                                rows(c)
                                now = Action(ctypes.cast(chained, ctypes.c_void_p), flags=4) # SA_SIGINFO
                                print(libc.sigaction(number, ctypes.byref(now), ctypes.byref(before)), flush=True)
                                libc['raise'](number)
                                libc['raise'](number)
                                print(rows(c))
                                """.formatted(name)).success())
                .isEqualTo("0\nhandled\nhandled\n[(150, 7389)]\n");
    }

    /** The JDK wakes a thread that is blocked in a socket by a signal, when another one closes the socket. */
    @Test
    void threadsOfTheJvmCanBeWokenFromASocket() throws IOException {
        assertThat(PythonRun.ofSample()
                        .run(BLOCKED_BY_THREADS_OF_THE_ENGINE + """
                                c = connect()
                                rows(c)
                                for blocked in blocked_by_threads_of_the_engine():
                                    print(blocked >> signal.SIGRTMAX - 3 & 1)
                                """)
                        .success()
                        .lines()
                        .distinct())
                .containsExactly("0");
    }

    @Test
    void nothingIsLeftInTheFolderForTemporaryFiles() throws IOException {
        assertThat(PythonRun.ofSample()
                        .with("TMPDIR", scratch.toString())
                        .run(OPEN + """
                                import re
                                own = re.compile(rf'(?<!\\d){os.getpid()}(?!\\d)')
                                found = [name for name in os.listdir('/tmp') if own.search(name)]
                                print(os.listdir(os.environ['TMPDIR']), found, os.listdir('.'))
                                """)
                        .success())
                .matches("\\[] \\[] \\['std[a-z]+'(, 'std[a-z]+')*]\n");
    }
}
