package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: each failure is one line on standard error that names thing, cause and way out, and has its exit code. */
class ErrorLinesTest {
    @TempDir
    Path folder;

    @Test
    void unknownScheme() {
        assertFails(ExitCode.UNREACHABLE, "unsupported replica URL scheme: \"foo\"", "query", "foo://x", "SELECT 1");
        assertFails(ExitCode.UNREACHABLE, "unsupported replica URL scheme: \"foo\"", "ls", "foo://x");
    }

    @Test
    void secretsOfAUrlAreNotShown() {
        ToolRun run = ToolRun.of("ls", "foo://user:hunter2@host/x?sseCustomerKey=hunter2");
        assertThat(run.err()).doesNotContain("hunter2");
    }

    @Test
    void missingScheme() {
        String path = folder.toString();
        assertFails(ExitCode.USAGE, "replica url scheme required: " + path + "; use file://", "ls", path);
    }

    @Test
    void missingUrl() {
        assertFails(ExitCode.USAGE, "missing URL; name a replica", "query");
        assertFails(ExitCode.USAGE, "missing URL; name a replica", "info", "-");
    }

    @Test
    void wrongUsage() {
        assertFails(ExitCode.USAGE, "'frob'; see 'litestream4j --help'", "frob");
        assertFails(ExitCode.USAGE, "missing command; see 'litestream4j --help'");
        assertFails(ExitCode.USAGE, "mutually exclusive", "query", "--csv", "--json", url(), "SELECT 1");
        assertFails(ExitCode.USAGE, "see 'litestream4j publish --help'", "publish");
        assertFails(ExitCode.USAGE, "invalid --open-timeout: \"10\"", "query", "--open-timeout", "10", url(), "x");
    }

    @Test
    void emptyReplicaIsWaitedForAsLongAsWanted() {
        assertFails(
                ExitCode.NOTHING_TO_READ,
                "nothing to read after 0.2 s",
                "query",
                "--open-timeout",
                "200ms",
                url(),
                "SELECT 1");
        assertFails(
                ExitCode.NOTHING_TO_READ,
                "there is no such folder",
                "query",
                "--open-timeout",
                "200ms",
                url() + "/missing",
                "SELECT 1");
        assertFails(ExitCode.NOTHING_TO_READ, "holds no files; check the URL", "ls", url());
        assertFails(ExitCode.NOTHING_TO_READ, "holds no files; check the URL", "info", url());
    }

    @Test
    void layoutOfLitestream03() throws IOException {
        String url = GoldenFolders.copy("legacy-0.3", folder);
        assertFails(ExitCode.NOTHING_TO_READ, "replica of Litestream 0.3.x", "query", url, "SELECT 1");
        assertFails(ExitCode.NOTHING_TO_READ, "replica of Litestream 0.3.x", "ls", url);
        assertFails(ExitCode.NOTHING_TO_READ, "replica of Litestream 0.3.x", "info", url);
    }

    @Test
    void gap() throws IOException {
        String url = GoldenFolders.copy("real-0.5.17", folder);
        Files.delete(folder.resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
        assertFails(
                ExitCode.NOTHING_TO_READ,
                "have up to 0000000000000002 but next file starts at 0000000000000004; the files between are missing",
                "query",
                url,
                "SELECT 1");
    }

    @Test
    void damagedFile() throws IOException {
        String url = GoldenFolders.copy("real-0.5.17", folder);
        Path file = folder.resolve("ltx/0/0000000000000003-0000000000000003.ltx");
        byte[] bytes = Files.readAllBytes(file);
        bytes[500] ^= 0x40;
        Files.write(file, bytes);
        assertFails(ExitCode.DAMAGED, "L0/0000000000000003-0000000000000003.ltx", "query", url, "SELECT 1 FROM t");
    }

    @Test
    void badSql() throws IOException {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertFails(ExitCode.FAILED, "near \"SELEC\": syntax error; check the SQL", "query", url, "SELEC\n1");
        assertFails(
                ExitCode.FAILED,
                "statement 2: SELECT * FROM nope: no such table: nope;",
                "query",
                url,
                "SELECT 1; SELECT * FROM nope");
    }

    @Test
    void writeAttempt() throws IOException {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertFails(ExitCode.FAILED, "a replica can only be read: write to the primary", "query", url, "DELETE FROM t");
    }

    @Test
    void timeThatCannotBeHad() throws IOException {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertFails(
                ExitCode.NOTHING_TO_READ,
                "cannot calc restore plan: transaction not available",
                "query",
                "--time",
                "2026-01-15T10:33:00Z",
                url,
                "SELECT 1");
        assertFails(ExitCode.USAGE, "invalid --time: \"it's late\"", "query", "--time", "it's late", url, "SELECT 1");
    }

    @Test
    void verboseAddsTheStack() {
        ToolRun run = ToolRun.of("--verbose", "ls", url());
        assertThat(run.err().lines()).hasSizeGreaterThan(2);
        assertThat(run.err()).contains("\tat litestream4j.cli.");
    }

    @Test
    void fullDiskIsAFailure() throws IOException {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "needs /dev/full");
        try (var out = Files.newBufferedWriter(full)) {
            ToolRun run = ToolRun.into(out, "", Map.of(), "query", url, "SELECT 1");
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).contains("No space left");
        } catch (IOException _) {
            // Closing flushes once more.
        }
    }

    private String url() {
        return "file://" + folder.resolve("nothing here");
    }

    private static void assertFails(int exitCode, String part, String... arguments) {
        ToolRun run = ToolRun.of(arguments);
        assertThat(run.err()).startsWith("litestream4j: ").contains(part).endsWith("\n");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    }
}
