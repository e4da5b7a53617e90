package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: restore gives the state that is asked for, byte for byte, or nothing. */
class RestoreTest {
    @TempDir
    Path folder;

    private Path replica;
    private Path target;

    @BeforeEach
    void nameFiles() throws IOException {
        replica = folder.resolve("replica");
        target = Files.createDirectory(folder.resolve("out")).resolve("restored.db");
    }

    @Test
    void everyKnownStateOfTheSamplesIsTheSame() throws Exception {
        int compared = 0;
        for (String sample : GoldenStates.SAMPLES) {
            String url = GoldenFolders.copy(sample, replica.resolve(sample));
            for (GoldenStates.State state : GoldenStates.of(sample)) {
                assertRestores(url, state);
                compared++;
            }
        }
        for (String daemon : GoldenStates.DAEMONS) {
            String url = GoldenFolders.copy(daemon, replica.resolve(daemon));
            for (GoldenStates.State state : GoldenStates.reachable(daemon)) {
                assertRestores(url, state);
                compared++;
            }
        }
        assertThat(compared).as("states").isGreaterThan(40);
    }

    private void assertRestores(String url, GoldenStates.State state) throws IOException {
        assertThat(restore(url, "--txid", state.txid(), "--force").success()).contains("restored txid " + state.txid());
        assertThat(GoldenStates.sha256(target)).as(url + " " + state).isEqualTo(state.sha256());
    }

    @Test
    void newestStateIsTheDefault() throws Exception {
        String url = copy("real-0.5.17");
        assertThat(restore(url).success())
                .isEqualTo("restored txid 0000000000000006 of 2026-11-22T18:53:47.908Z to " + target
                        + ": 6 pages of 4096 bytes from 6 files, each verified\n");
        assertThat(GoldenStates.sha256(target))
                .isEqualTo(GoldenStates.of("real-0.5.17").getLast().sha256());
    }

    @Test
    void timesAreThoseOfTheHeaders() throws Exception {
        String url = copy("synthetic-levels");
        // A copied replica: the store's times are those of the copy.
        for (Path file : GoldenFolders.files(replica)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        }
        assertThat(restore(url, "--time", "2026-01-15T10:36:30Z").success()).contains("txid 0000000000000006 ");
        assertThat(restore(url, "--force", "--time", "2026-01-15 10:39:30").success())
                .contains("txid 000000000000000a ");
    }

    @Test
    void databaseChecksumIsCompared() throws Exception {
        assertThat(restore(copy("synthetic-block-1024-checksums")).success())
                .contains("each and the database verified");
    }

    @Test
    void existingFileIsReplacedOnlyByForce() throws Exception {
        String url = copy("synthetic-levels");
        Files.writeString(target, "precious");
        ToolRun refused = restore(url);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains(target + ": exists already; --force replaces it")
                .hasLineCount(1);
        assertThat(target).hasContent("precious");
        assertThat(restore(url, "--force").success()).contains("restored");
        assertThat(leftovers()).containsExactly("restored.db");
    }

    @Test
    void journalOfAnotherDatabaseIsNotAppliedToTheRestoredOne() throws Exception {
        String url = copy("synthetic-levels");
        Files.writeString(folder.resolve("out/restored.db-wal"), "frames");
        ToolRun refused = restore(url, "--force");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("restored.db-wal: belongs to another database")
                .hasLineCount(1);
        assertThat(leftovers()).containsExactly("restored.db-wal");
    }

    @Test
    void damagedFileIsReplacedByOthersThatLeadToTheSameState() throws Exception {
        String url = copy("synthetic-levels");
        damage(replica.resolve("ltx/1/0000000000000009-000000000000000a.ltx"));
        ToolRun run = restore(url);
        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .startsWith(
                        "litestream4j: warning: other files were used in place of a damaged one: L1/0000000000000009")
                .hasLineCount(1);
        assertThat(GoldenStates.sha256(target))
                .isEqualTo(GoldenStates.of("synthetic-levels").getLast().sha256());
    }

    @Test
    void damageWithoutWayRoundIsNamedAndLeavesNothing() throws Exception {
        String url = copy("real-0.5.17");
        damage(replica.resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
        ToolRun run = restore(url);
        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.err())
                .startsWith("litestream4j: L0/0000000000000003-0000000000000003.ltx: ")
                .contains(" at byte ")
                .hasLineCount(1);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void newestFileThatIsDamagedIsNotPassedOverInSilence() throws Exception {
        String url = copy("real-0.5.17");
        damage(replica.resolve("ltx/0/0000000000000006-0000000000000006.ltx"));
        assertThat(restore(url).exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(restore(url, "--txid", "0000000000000005").exitCode()).isZero();
    }

    @Test
    void stateThatCannotBeHadIsRefused() throws Exception {
        String url = copy("synthetic-levels");
        ToolRun run = restore(url, "--txid", "0000000000000007");
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_TO_READ);
        assertThat(run.err()).contains("no set of files ends at 0000000000000007, the nearest earlier one is");
        assertThat(restore(url, "--time", "2026-01-15T10:00:00Z").err())
                .contains("the earliest state is of 2026-01-15T10:33:00Z");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void nonsenseIsRefused() throws Exception {
        String url = copy("synthetic-levels");
        assertThat(restore(url, "--time", "some day").err()).contains("invalid --time: \"some day\"; use");
        assertThat(restore(url, "--txid", "7").err()).contains("invalid --txid: \"7\"; use 16 hexadecimal digits");
        assertThat(restore(url, "--txid", "0000000000000006", "--time", "latest")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(ToolRun.of("restore", url).err()).contains("--output=FILE");
        assertThat(restore("file://" + folder.resolve("nothing")).err()).contains("holds no files; check the URL");
        assertThat(restore(GoldenFolders.copy("legacy-0.3", folder.resolve("old")))
                        .err())
                .contains("replica of Litestream 0.3.x");
        assertThat(leftovers()).isEmpty();
    }

    private ToolRun restore(String url, String... options) {
        return ToolRun.of(Stream.concat(Stream.of("restore", url, "-o", target.toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private String copy(String sample) throws IOException {
        return GoldenFolders.copy(sample, replica);
    }

    private List<String> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** Turns one bit of the checksum at the end. */
    static void damage(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
    }
}
