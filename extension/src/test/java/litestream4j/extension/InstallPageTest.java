package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ScriptHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/install.md says to copy and paste, run in the host it is for. */
class InstallPageTest {
    private static final Path SQLITE = Path.of("/usr/bin/sqlite3");

    @TempDir
    private Path scratch;

    /** Returns the page's only block in a language, about our extension and the sample. */
    private static String block(String language) throws IOException {
        Path page = Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .map(folder -> folder.resolve("docs/install.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        Matcher block = Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(page));
        assertThat(block.find()).as(language).isTrue();
        return block.group(1)
                .replace("/opt/litestream-vfs-linux-x64", folder().toString())
                .replace("FROM orders", "FROM t");
    }

    private static Path folder() throws IOException {
        return ExtensionFolder.shared().folder();
    }

    private static void assertAnswers(ScriptHost host, String script) throws IOException {
        assertThat(host.withEnvironment(ExtensionFolder.java())
                        .withEnvironment(
                                Map.of("LITESTREAM_REPLICA_URL", "file://" + GoldenFolder.orSkip("real-0.5.17")))
                        .run(script)
                        .success()
                        .strip())
                .isEqualTo("150");
    }

    @Test
    void shell() throws IOException {
        assertAnswers(ScriptHost.orSkip("sqlite3", SQLITE, "/usr/bin/sqlite3", "-batch"), block("sqlite3"));
    }

    @Test
    void python() throws IOException {
        assertAnswers(
                ScriptHost.orSkip("python3", Path.of("/usr/bin/python3"), "/usr/bin/python3", "-I", "-"),
                block("python"));
    }

    @Test
    void ruby() throws IOException {
        assertAnswers(
                ScriptHost.orSkip("ruby-sqlite3", Path.of("/usr/lib/ruby/vendor_ruby/sqlite3.rb"), "/usr/bin/ruby"),
                block("ruby"));
    }

    @Test
    void perl() throws IOException {
        assertAnswers(
                ScriptHost.orSkip(
                        "libdbd-sqlite3-perl", Path.of("/usr/share/doc/libdbd-sqlite3-perl"), "/usr/bin/perl"),
                block("perl"));
    }

    @Test
    void php() throws IOException {
        assertAnswers(
                ScriptHost.orSkip(
                        "php-cli php-sqlite3",
                        Path.of("/usr/share/doc/php-sqlite3"),
                        "/usr/bin/php",
                        "-d",
                        "sqlite3.extension_dir=" + folder()),
                block("php"));
    }

    @Test
    void r() throws IOException {
        assertAnswers(
                ScriptHost.orSkip(
                        "r-cran-rsqlite", Path.of("/usr/lib/R/site-library/RSQLite"), "/usr/bin/Rscript", "-"),
                block("r"));
    }

    @Test
    void tcl() throws IOException {
        assertAnswers(
                ScriptHost.orSkip("tcl libsqlite3-tcl", Path.of("/usr/share/doc/libsqlite3-tcl"), "/usr/bin/tclsh"),
                block("tcl"));
    }

    @Test
    @Tag("interop")
    void node() throws IOException {
        Interop.assumeAvailable(Interop.Program.NODE);
        assertAnswers(ScriptHost.of(Interop.node().orElseThrow().toString(), "-"), block("js"));
    }

    @Test
    void c() throws IOException {
        Path source = Files.writeString(scratch.resolve("host.c"), block("c"));
        Path program = scratch.resolve("host");
        ScriptHost.orSkip(
                        "gcc libsqlite3-dev",
                        Path.of("/usr/include/sqlite3.h"),
                        "/usr/bin/cc",
                        "-Wall",
                        "-Werror",
                        "-o",
                        program.toString(),
                        source.toString(),
                        "-lsqlite3")
                .run("")
                .success();
        assertAnswers(ScriptHost.of(program.toString()), "");
    }
}
