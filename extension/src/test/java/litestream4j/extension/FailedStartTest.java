package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.ScriptHost;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with the JVM, the open fails with the reason, and the host lives and has plain SQLite. */
class FailedStartTest {
    /** Without -bail: goes on after the error, as a host does. */
    private static final String SCRIPT = """
            .load %s sqlite3_litestreamvfs_init
            .open 'file:x.db?vfs=litestream'
            .open 'file:x.db?vfs=litestream'
            .open :memory:
            SELECT 'alive';
            """;

    @TempDir
    private Path scratch;

    private static String sample() {
        return "file://" + GoldenFolder.orSkip("real-0.5.17");
    }

    @BeforeAll
    static void needsAShell() {
        Interop.assumeAvailable(Interop.Program.SQLITE3);
    }

    private static ProcessOutput open(Path library, Map<String, String> environment, String... command)
            throws IOException {
        return ScriptHost.of(command.length == 0 ? new String[] {"/usr/bin/sqlite3", "-batch"} : command)
                .withEnvironment(ExtensionFolder.java())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", sample()))
                .withEnvironment(environment)
                .run(SCRIPT.formatted(library));
    }

    private static void assertAlive(ProcessOutput output) {
        assertThat(output.stdout()).as(output.toString()).isEqualTo("alive\n");
        assertThat(output.stderr()).contains("unable to open database");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -Xmx200t                          | Could not reserve enough space for
                    -Xms1g -Xmx100m                   | Initial heap size set to a larger value than the maximum
                    -Xgarbage                         | Unrecognized option: -Xgarbage
                    -XX:+Garbage                      | Unrecognized VM option 'Garbage'
                    -XX:ReservedCodeCacheSize=1k      | ReservedCodeCacheSize=1024 is outside the allowed range
                    -XX:+UseZGC                       | Multiple garbage collectors selected
                    -agentlib:nowhere                 | Could not find agent library nowhere
                    -Xlog:help                        | asks the JVM for help
                    --add-modules=nowhere             | did not start
                    """)
    void optionsThatTheJvmRefuses(String options, String reason) throws IOException {
        ProcessOutput output =
                open(ExtensionFolder.shared().library(), Map.of("LITESTREAM_JVM_OPTIONS", options.strip()));
        assertAlive(output);
        assertThat(output.stderr()).contains("litestream: ").contains(reason);
    }

    @Test
    void tooLittleAddressSpace() throws IOException {
        ProcessOutput output = open(
                ExtensionFolder.shared().library(),
                Map.of(),
                "/bin/sh",
                "-c",
                "ulimit -v 900000; exec /usr/bin/sqlite3 -batch");
        assertAlive(output);
        assertThat(output.stderr()).contains("the JVM needs 1400 MB of address space");
    }

    /** Classes that could not be read for want of one would be missing from then on, and no log would say why. */
    @Test
    void tooFewDescriptors() throws IOException {
        ProcessOutput output = open(
                ExtensionFolder.shared().library(),
                Map.of(),
                "/bin/sh",
                "-c",
                "ulimit -n 12; exec /usr/bin/sqlite3 -batch");
        assertAlive(output);
        assertThat(output.stderr()).contains("file descriptors; the hard limit of this process (ulimit -Hn) leaves");
    }

    /** A JVM raises the soft limit to the hard one when it starts; servers that use most of theirs rely on it. */
    @Test
    void tooFewDescriptorsByTheSoftLimitAlone() throws IOException {
        ProcessOutput output = open(
                ExtensionFolder.shared().library(),
                Map.of(),
                "/bin/sh",
                "-c",
                "ulimit -Sn 12; exec /usr/bin/sqlite3 -batch");
        assertThat(output.stderr()).doesNotContain("file descriptors").doesNotContain("unable to open database");
    }

    @Test
    void aDamagedJar() throws IOException {
        Path library = ExtensionFolder.in(scratch.resolve("damaged")).library();
        try (var jars = Files.newDirectoryStream(library.resolveSibling("lib"), "{core,litestream4j-core*}.jar")) {
            for (Path jar : jars) {
                try (RandomAccessFile file = new RandomAccessFile(jar.toFile(), "rw")) {
                    file.setLength(file.length() / 2);
                }
            }
        }
        ProcessOutput output = open(library, Map.of());
        assertAlive(output);
        assertThat(output.stderr()).contains("lib are damaged or not complete: unpack them again");
    }

    @Test
    void aJavaThatIsNotThere() throws IOException {
        Path home = scratch.resolve("home");
        Path java = Path.of(System.getProperty("java.home"));
        Files.createDirectories(home.resolve("lib/server"));
        Files.copy(java.resolve("release"), home.resolve("release"));
        Files.writeString(home.resolve("lib/modules"), "");
        Files.writeString(home.resolve("lib/server/libjvm.so"), "no library");
        ProcessOutput output =
                open(ExtensionFolder.shared().library(), Map.of("LITESTREAM_JAVA_HOME", home.toString()));
        assertAlive(output);
        assertThat(output.stderr()).contains("cannot load " + home);

        Files.delete(home.resolve("lib/modules"));
        output = open(ExtensionFolder.shared().library(), Map.of("LITESTREAM_JAVA_HOME", home.toString()));
        assertAlive(output);
        assertThat(output.stderr()).contains("holds no Java");
    }

    @Test
    void aReplicaThatCannotBeReached() throws IOException {
        for (String url : new String[] {"foo://x", "s3://", "file:///nowhere?x=%zz"}) {
            assertAlive(open(
                    ExtensionFolder.shared().library(),
                    Map.of("LITESTREAM_REPLICA_URL", url, "LITESTREAM_OPEN_TIMEOUT", "1ms")));
        }
    }

    /** The working directory may be anybody's: nothing is loaded from it. */
    @Test
    void aWorkingDirectoryWithALibraryInItIsNoMatter() throws IOException {
        Path trap = Files.createDirectories(scratch.resolve("trap/lib/server"));
        Files.writeString(trap.resolve("libjvm.so"), "trap");
        Files.writeString(scratch.resolve("trap/lib/modules"), "trap");
        Files.writeString(scratch.resolve("trap/release"), "JAVA_VERSION=\"25\"\n");
        Files.writeString(scratch.resolve("trap/libjvm.so"), "trap");
        Path bin = Files.createDirectories(scratch.resolve("trap/bin"));
        Files.copy(Path.of("/bin/true"), bin.resolve("java"), StandardCopyOption.COPY_ATTRIBUTES);
        ProcessOutput output = ScriptHost.of(
                        "/bin/sh", "-c", "cd '%s' && exec /usr/bin/sqlite3 -batch".formatted(scratch.resolve("trap")))
                .withEnvironment(Map.of(
                        "LITESTREAM_REPLICA_URL",
                        sample(),
                        "PATH",
                        "bin:.",
                        "JAVA_HOME",
                        ".",
                        "LITESTREAM_JAVA_HOME",
                        ""))
                .run(SCRIPT.formatted(ExtensionFolder.shared().library()) + ".open 'file:x.db?vfs=litestream'\n"
                        + "SELECT count(*) FROM t;\n");
        assertThat(output.stdout()).as(output.stderr()).isIn("alive\n150\n", "alive\n");
        assertThat(output.stderr()).doesNotContain("cannot load");

        output = open(ExtensionFolder.shared().library(), Map.of("LITESTREAM_JAVA_HOME", "trap"));
        assertAlive(output);
        assertThat(output.stderr()).contains("LITESTREAM_JAVA_HOME=trap is no absolute path");
    }

    @Test
    void aCacheThatIsGarbageIsPassedOver() throws IOException {
        Path library = ExtensionFolder.in(scratch.resolve("cached")).library();
        Sqlite3Shell shell = Sqlite3Shell.inMemory()
                .withEnvironment(ExtensionFolder.java())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", sample()));
        Path cache = Files.write(scratch.resolve("garbage.aot"), new byte[1 << 20]);
        ProcessOutput output = shell.withEnvironment(Map.of("LITESTREAM_JVM_OPTIONS", "-XX:AOTCache=" + cache))
                .run(".load " + library + "\n.open 'file:x.db?vfs=litestream'\nSELECT count(*) FROM t;\n");
        assertThat(output.success()).isEqualTo("150\n");
        assertThat(output.stderr()).isEmpty();
    }
}
