package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What belongs to a whole process, and is the host's also with a JVM in it. */
class HostProcessTest {
    /** What a program that the host starts would be given of what was opened after {@code before} was taken. */
    private static final String INHERITED = """
            def descriptors():
                return set(os.listdir('/proc/self/fd'))
            def inherited(before):
                found = []
                for fd in descriptors() - before:
                    try:
                        target = os.readlink('/proc/self/fd/' + fd)
                        if os.get_inheritable(int(fd)) and not target.startswith('/dev/'):
                            found.append(target)
                    except OSError:
                        pass # That of the listing itself.
                return sorted(found)
            before = descriptors()
            """;

    @TempDir
    private Path scratch;

    /** A JVM sets it to what the environment says; a host that did not so itself would write numbers in another way. */
    @Test
    void theLocaleStaysAsItWas() throws IOException {
        assertThat(PythonRun.ofSample().with("LC_ALL", "C.UTF-8").run("""
                                import locale
                                before = locale.setlocale(locale.LC_ALL)
                                assert 'LC_NUMERIC=C;' in before, before
                                print(rows(connect()), locale.setlocale(locale.LC_ALL) == before)
                                """).success())
                .isEqualTo("[(150, 7389)] True\n");
    }

    @Test
    void whatIsWrittenOfACrashStaysAsItWas() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                def filter():
                                    return open('/proc/self/coredump_filter').read()
                                with open('/proc/self/coredump_filter', 'w') as file:
                                    file.write('0x33') # The default; the JVM that runs this test has changed it.
                                before = filter()
                                print(rows(connect()), filter() == before)
                                """).success()).isEqualTo("[(150, 7389)] True\n");
    }

    @Test
    void programsOfTheHostInheritNoFileOfOurs() throws IOException {
        Path log = scratch.resolve("log");
        assertThat(PythonRun.ofSample()
                        .with("LITESTREAM_LOG_FILE", log.toString())
                        .with("LITESTREAM_HYDRATION_ENABLED", "true") // Which is warned of.
                        .run(INHERITED + "print(rows(connect()), inherited(before))\n")
                        .success())
                .isEqualTo("[(150, 7389)] []\n");
        assertThat(log).isNotEmptyFile();
    }

    @Test
    void programsOfTheHostInheritNoConnectionToTheStore() throws IOException {
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket")) {
            Path snapshot = LargeReplica.publish(scratch);
            store.put("replica/0000/" + snapshot.getFileName(), Files.readAllBytes(snapshot), Instant.now());
            assertThat(PythonRun.of(store.url("replica"))
                            .run(INHERITED + """
                                    import socket
                                    def connections():
                                        for fd in descriptors() - before:
                                            try:
                                                with socket.socket(fileno=os.dup(int(fd))) as copy:
                                                    if copy.family != socket.AF_UNIX and copy.getpeername()[1] == %d:
                                                        yield os.get_inheritable(int(fd))
                                            except OSError:
                                                pass
                                    c = connect()
                                    print(rows(c, 'SELECT count(*) FROM t WHERE id = 1'), set(connections()))
                                    """.formatted(store.endpoint().getPort()))
                            .success())
                    .isEqualTo("[(1,)] {False}\n");
        }
    }
}
