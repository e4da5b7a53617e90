package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.ScriptHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks of the host, small and full ones, and crashes, with a JVM inside of it and as without one. */
class HostStackTest {
    private static final String SECRET = "s3cr3t-in-the-environment";

    private static final String OPEN = """
            c = connect()
            assert rows(c) == [(150, 7389)]
            """;

    @TempDir
    private Path scratch;

    /**
     * A thread whose stack is full has no room for a handler but on its stack for signals. Go's runtime ends a process
     * in which its own handler runs anywhere else.
     */
    @Test
    void handlersOfTheHostRunOnItsStackForSignals() throws IOException {
        ProcessOutput output = PythonRun.ofSample().run("""
                import faulthandler, resource
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                faulthandler.enable()
                """ + OPEN + """
                faulthandler._stack_overflow()
                """);
        assertThat(output.exit()).as(output.stderr()).isEqualTo(139);
        assertThat(output.stderr()).startsWith("Fatal Python error: Segmentation fault");
    }

    /** As Rust's, which tells a full stack by the guard that it knows of: the JVM's fences lie before it. */
    @ParameterizedTest
    @ValueSource(strings = {"main", "thread"})
    void aHostFindsThatItsStackIsFullByItsOwnGuard(String where) throws IOException {
        Path source = Files.writeString(scratch.resolve("host.c"), """
                #define _GNU_SOURCE
                #include <pthread.h>
                #include <signal.h>
                #include <sqlite3.h>
                #include <stdint.h>
                #include <string.h>
                #include <sys/resource.h>
                #include <unistd.h>

                static _Thread_local char *guard;

                static void on_fault(int number, siginfo_t *info, void *context) {
                  char *address = info->si_addr;
                  (void)context;
                  if (address < guard && address >= guard - 65536) _exit(42);
                  signal(number, SIG_DFL);
                }

                static int deeper(volatile char *before) {
                  volatile char here[512];
                  here[0] = before[0];
                  return deeper(here) + here[0];
                }

                static void *overflow(void *unused) {
                  static _Thread_local char stack[65536];
                  char start = 0;
                  void *lowest;
                  size_t size;
                  pthread_attr_t attributes;
                  sqlite3 *db;
                  stack_t signals = {.ss_sp = stack, .ss_size = sizeof stack};
                  (void)unused;
                  sigaltstack(&signals, NULL);
                  pthread_getattr_np(pthread_self(), &attributes);
                  pthread_attr_getstack(&attributes, &lowest, &size);
                  guard = lowest;
                  int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
                  int code = sqlite3_open_v2("file:x.db?vfs=litestream", &db, flags, NULL);
                  if (!code) code = sqlite3_exec(db, "SELECT * FROM t", NULL, NULL, NULL);
                  if (code) _exit(code);
                  deeper(&start);
                  return NULL;
                }

                int main(int count, char **arguments) {
                  sqlite3 *loader;
                  pthread_t thread;
                  struct rlimit none = {0, 0};
                  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
                  setrlimit(RLIMIT_CORE, &none);
                  sigaction(SIGSEGV, &action, NULL);
                  sigaction(SIGBUS, &action, NULL);
                  sqlite3_open(":memory:", &loader);
                  sqlite3_enable_load_extension(loader, 1);
                  if (count != 3 || sqlite3_load_extension(loader, arguments[1], NULL, NULL)) return 1;
                  if (!strcmp(arguments[2], "main")) overflow(NULL);
                  pthread_create(&thread, NULL, overflow, NULL);
                  pthread_join(thread, NULL);
                }
                """);
        Path program = scratch.resolve("host");
        ScriptHost.orSkip(
                        "gcc libsqlite3-dev",
                        Path.of("/usr/include/sqlite3.h"),
                        "/usr/bin/cc",
                        "-o",
                        program.toString(),
                        source.toString(),
                        "-lsqlite3",
                        "-lpthread")
                .run("")
                .success();
        ProcessOutput output = ScriptHost.of(
                        program.toString(), ExtensionFolder.shared().library().toString(), where)
                .withEnvironment(ExtensionFolder.java())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", "file://" + GoldenFolder.orSkip("real-0.5.17")))
                .run("");
        assertThat(output.exit()).as(output.stderr()).isEqualTo(42);
        assertThat(output.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"40000", "65536", "131072", "262144", "1048576"})
    void aThreadMayHaveASmallStack(int bytes) throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                threading.stack_size(%d)
                                def work():
                                    c = connect()
                                    print(rows(c), rows(c, 'SELECT litestream_txid()'))
                                    c.close()
                                for _ in range(2):
                                    thread = threading.Thread(target=work)
                                    thread.start()
                                    thread.join()
                                """.formatted(bytes)).success())
                .isEqualTo("[(150, 7389)] [('0000000000000006',)]\n".repeat(2));
    }

    /** A crash of the host leaves no files behind, says what it was on standard error, and tells no secret. */
    @Test
    void aCrashTellsNoSecrets() throws IOException {
        Path report = scratch.resolve("report");
        ProcessOutput output = crash("");
        assertThat(output.stdout()).isEmpty();
        assertThat(output.stderr()).contains("litestream: the process crashed").doesNotContain(SECRET);
        output = crash("-XX:-SuppressFatalErrorMessage -XX:ErrorFile=" + report);
        assertThat(output.stderr()).doesNotContain(SECRET);
        assertThat(output.stdout()).doesNotContain(SECRET);
        assertThat(Files.readString(report)).contains("SIGSEGV").doesNotContain(SECRET);
    }

    private static ProcessOutput crash(String jvmOptions) throws IOException {
        ProcessOutput output = PythonRun.ofSample()
                .with("AWS_SECRET_ACCESS_KEY", SECRET)
                .with("LITESTREAM_SECRET_ACCESS_KEY", SECRET)
                .with("LITESTREAM_JVM_OPTIONS", jvmOptions)
                .run(OPEN + """
                        import resource
                        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                        os.kill(os.getpid(), signal.SIGSEGV)
                        """);
        assertThat(output.exit()).isEqualTo(134);
        return output;
    }
}
