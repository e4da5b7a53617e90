package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the commands that read give what the sample replicas hold. */
class CommandsTest {
    @TempDir
    Path folder;

    @Test
    void queryShowsTheNewestState() throws Exception {
        String url = GoldenFolders.copy("real-0.5.17", folder);
        assertThat(ToolRun.of("query", url, "SELECT count(*) AS n, sum(v) AS v FROM t; PRAGMA page_count")
                        .lines())
                .containsExactly(
                        "n   | v",
                        "----+-----",
                        "150 | 7389",
                        "(1 row)",
                        "page_count",
                        "----------",
                        "         6",
                        "(1 row)");
    }

    @Test
    void queryTakesStatementsFromStandardInput() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        String script = "-- both\nSELECT max(id) AS id FROM t;\nSELECT 'a;b' AS x";
        for (String[] arguments : new String[][] {{"query", "--csv", url}, {"query", "--csv", url, "-"}}) {
            assertThat(ToolRun.with(script, Map.of(), arguments).success()).isEqualTo("id\n12\nx\na;b\n");
        }
    }

    @Test
    void queryTakesTheUrlFromTheEnvironment() throws Exception {
        Map<String, String> environment =
                Map.of("LITESTREAM_REPLICA_URL", GoldenFolders.copy("synthetic-levels", folder));
        String sql = "SELECT count(*) AS n FROM t";
        String expected = "[{\"n\":12}]\n";
        assertThat(ToolRun.with("", environment, "query", "--json", sql).success())
                .isEqualTo(expected);
        assertThat(ToolRun.with("", environment, "query", "--json", "-", sql).success())
                .isEqualTo(expected);
        assertThat(ToolRun.with(sql, environment, "query", "--json", "-").success())
                .isEqualTo(expected);
        assertThat(ToolRun.with(sql, environment, "query", "--json").success()).isEqualTo(expected);
    }

    @Test
    void queryLooksBackInTime() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertThat(ToolRun.of("query", "--csv", "--time", "2026-01-15T10:36:30Z", url, "SELECT max(id) FROM t")
                        .success())
                .isEqualTo("max(id)\n6\n");
    }

    @Test
    void rowsBeforeAFailingStatementAreWritten() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        ToolRun run = ToolRun.of("query", "--csv", url, "SELECT 1 AS x; SELECT nope; SELECT 2");
        assertThat(run.out()).isEqualTo("x\n1\n");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void temporaryTablesWork() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        String script = "CREATE TEMP TABLE x AS SELECT id FROM t WHERE id > 10; SELECT count(*) AS n FROM x";
        assertThat(ToolRun.of("query", "--csv", url, script).success()).isEqualTo("n\n2\n");
    }

    @Test
    void lsListsEveryFile() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertThat(ToolRun.of("ls", url).lines())
                .hasSize(14)
                .contains("L2    | 0000000000000001 | 0000000000000004 | 2026-01-15T10:33:00Z |  384")
                .endsWith("(11 rows)");
        assertThat(ToolRun.of("ls", "--csv", url).lines())
                .startsWith("level,min_txid,max_txid,time,size")
                .contains("9,0000000000000001,0000000000000006,2026-01-15T10:35:00Z,400");
        assertThat(ToolRun.of("ls", "--json", url).success())
                .contains("{\"level\":0,\"min_txid\":\"0000000000000008\",\"max_txid\":\"0000000000000008\"");
    }

    @Test
    void infoTellsStateAndCost() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        assertThat(ToolRun.of("info", url).success())
                .contains("newest    txid 000000000000000c of 2026-01-15T10:41:00Z")
                .contains("oldest    txid 0000000000000004 of 2026-01-15T10:33:00Z")
                .contains("plan      5 files")
                .contains("took      3 requests, 200 bytes: a listing and headers; 'litestream4j verify' reads");
        assertThat(ToolRun.of("info", "--json", url).success())
                .contains("\"txid\":\"000000000000000c\"", "\"oldest_txid\":\"0000000000000004\"")
                .contains("\"plan\":[\"L9/0000000000000001-0000000000000006.ltx\",")
                .contains("{\"level\":0,\"files\":5,\"bytes\":2171}", "\"problems\":[]", "\"requests\":3");
    }

    @Test
    void infoTellsWhatIsWrong() throws Exception {
        String url = GoldenFolders.copy("real-0.5.17", folder);
        Files.delete(folder.resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
        ToolRun run = ToolRun.of("info", url);
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_TO_READ);
        assertThat(run.out())
                .contains("problem   non-contiguous ltx files: have up to 0000000000000002 but next file starts at"
                        + " 0000000000000004; bring back the missing files, or wait for the primary's next snapshot;")
                .contains("usable    txid 0000000000000002 of 2026-11-22T18:53:41.253Z")
                .contains("levels    L0  5 files");
    }

    /** To find it would take a read of all files; who has to know is told where to ask. */
    @Test
    void infoNamesWhatSeesADamagedFileThatItOnlyLists() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        Path file = folder.resolve("ltx/9/0000000000000001-0000000000000006.ltx");
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
        assertThat(ToolRun.of("info", url).success()).contains("'litestream4j verify' reads the files");
        assertThat(ToolRun.of("info", "--help").success()).contains("'litestream4j verify' reads all");
        assertThat(ToolRun.of("verify", url).exitCode()).isEqualTo(ExitCode.DAMAGED);
    }

    @Test
    void everyCommandHasHelpWithExamples() {
        assertThat(ToolRun.of("--help").success()).contains("Exit codes:");
        Stream.of("query", "ls", "info", "restore", "verify", "diff", "publish", "demo")
                .forEach(command -> {
                    String help = ToolRun.of(command, "--help").success();
                    assertThat(help).contains("Examples:\n  litestream4j " + command);
                    assertThat(help.lines())
                            .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
                });
        assertThat(ToolRun.of("publish", "--help").success()).contains("demos, tests and static publishing");
    }

    @Test
    void versionIsToldByAllCommands() {
        assertThat(ToolRun.of("--version").success()).startsWith("litestream4j ");
        assertThat(ToolRun.of("query", "--version").success()).startsWith("litestream4j ");
    }

    @Test
    void brokenPipeEndsSilently() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        ToolRun run = ToolRun.into(ToolRun.brokenPipe(), "", Map.of(), "query", url, "SELECT * FROM t");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
    }
}
