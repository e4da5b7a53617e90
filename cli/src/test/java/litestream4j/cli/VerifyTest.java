package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxReader;
import litestream4j.ltx.LtxWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: verify finds what is wrong with a replica, names it, and calls nothing wrong that is not. */
class VerifyTest {
    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path folder;

    private Path replica;

    @BeforeEach
    void nameReplica() {
        replica = folder.resolve("replica");
    }

    @Test
    void samplesAreSound() throws Exception {
        for (String sample : GoldenStates.SAMPLES) {
            String url = GoldenFolders.copy(sample, replica.resolve(sample));
            assertThat(verify(url).success())
                    .as(sample)
                    .contains("integrity  ok\n")
                    .endsWith("verdict    sound\n");
            assertThat(verify(url, "--quick").success())
                    .endsWith("verdict    sound, as far as headers and indexes tell\n");
        }
    }

    @Test
    void snapshotsOfRealReplicasAreTheStatesOfTheirChains() throws Exception {
        for (String daemon : GoldenStates.DAEMONS) {
            String url = GoldenFolders.copy(daemon, replica.resolve(daemon));
            assertThat(verify(url).success())
                    .as(daemon)
                    .containsPattern("snapshots  [1-9] compared with the other files: the same pages")
                    .endsWith("verdict    sound\n");
        }
    }

    @Test
    void anyBitThatChangesAPageIsFound() throws Exception {
        Random random = new Random(seed);
        String url = copy("synthetic-levels");
        for (Path file : GoldenFolders.files(replica)) {
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < 12; i++) {
                int at = i == 0 ? whole.length - 1 : random.nextInt(whole.length);
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                String where = "seed=%d %s byte %d".formatted(seed, file, at);
                if (isHarmless(damaged, whole)) {
                    continue; // LZ4 has more than one form for a page.
                }
                ToolRun run = verify(url);
                assertThat(run.exitCode()).as(where).isEqualTo(ExitCode.DAMAGED);
                assertThat(run.out())
                        .as(where)
                        .contains("damage     " + label(file) + ": ")
                        .contains(" at byte ")
                        .endsWith("verdict    damaged\n");
            }
            Files.write(file, whole);
        }
        assertThat(verify(url).exitCode()).isZero();
    }

    private static boolean isHarmless(byte[] damaged, byte[] whole) throws IOException {
        try {
            return pages(damaged).equals(pages(whole));
        } catch (LtxFormatException _) {
            return false;
        }
    }

    private static Map<Long, Integer> pages(byte[] file) throws IOException {
        Map<Long, Integer> pages = new TreeMap<>();
        LtxReader reader = new LtxReader("f", new ByteArrayInputStream(file));
        while (reader.next()) {
            pages.put(reader.pgno(), Arrays.hashCode(reader.page()));
        }
        return pages;
    }

    @Test
    void damageIsToldWithItsPlaceAndWhetherTheNewestStateIsLost() throws Exception {
        String url = copy("synthetic-levels");
        RestoreTest.damage(replica.resolve("ltx/1/0000000000000009-000000000000000a.ltx"));
        ToolRun run = verify(url);
        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("damage     L1/0000000000000009-000000000000000a.ltx: file checksum at byte \\d+:"
                        + " expected [0-9a-f]{16} by the bytes of the file, found [0-9a-f]{16}\n")
                .contains("note       the newest state, txid 000000000000000c, can still be had from other files")
                .contains("integrity  ok");
        RestoreTest.damage(replica.resolve("ltx/0/000000000000000c-000000000000000c.ltx"));
        assertThat(verify(url).out())
                .contains(
                        "missing    the newest state, txid 000000000000000c, cannot be had; txid 000000000000000b can");
    }

    @Test
    void missingFilesAreFoundByBothWays() throws Exception {
        String url = copy("real-0.5.17");
        Files.delete(replica.resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
        for (ToolRun run : new ToolRun[] {verify(url), verify(url, "--quick")}) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_TO_READ);
            assertThat(run.out())
                    .contains("missing    the newest state, txid 0000000000000006, cannot be had: non-contiguous ltx"
                            + " files: have up to 0000000000000002 but next file starts at 0000000000000004")
                    .contains("warning    L0: gap: 0000000000000002-0000000000000002.ltx is followed by"
                            + " 0000000000000004-0000000000000004.ltx; transactions 0000000000000003 to"
                            + " 0000000000000003 are missing here")
                    .contains("verdict    incomplete");
        }
    }

    @Test
    void gapThatAnotherLevelBridgesIsAWarning() throws Exception {
        String url = copy("synthetic-levels");
        Files.delete(replica.resolve("ltx/0/000000000000000a-000000000000000a.ltx"));
        ToolRun run = verify(url);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("warning    L0: gap: ").endsWith("verdict    sound\n");
    }

    @Test
    void fileOfAnotherNameIsFound() throws Exception {
        String url = copy("real-0.5.17");
        Path six = replica.resolve("ltx/0/0000000000000006-0000000000000006.ltx");
        Files.move(six, six.resolveSibling("0000000000000007-0000000000000007.ltx"));
        for (ToolRun run : new ToolRun[] {verify(url), verify(url, "--quick")}) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
            assertThat(run.out())
                    .contains("damage     L0/0000000000000007-0000000000000007.ltx: TXIDs at byte 16: expected"
                            + " 0000000000000007-0000000000000007.ltx by the file's name, found"
                            + " 0000000000000006-0000000000000006.ltx");
        }
    }

    @Test
    void snapshotThatIsNotTheStateOfItsChainIsFound() throws Exception {
        String url = copy("synthetic-levels");
        Path snapshot = replica.resolve("ltx/9/0000000000000001-0000000000000006.ltx");
        changeLastPage(snapshot);
        ToolRun run = verify(url);
        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.out())
                .contains("damage     L9/0000000000000001-0000000000000006.ltx: is not the state that the other files"
                        + " lead to: it differs in 1 page: 2");
    }

    /** Writes a valid file in which a page holds something else. */
    private static void changeLastPage(Path file) throws IOException {
        Map<Long, byte[]> pages = new TreeMap<>();
        LtxHeader header;
        try (var in = Files.newInputStream(file)) {
            LtxReader reader = new LtxReader("f", in);
            header = reader.header();
            while (reader.next()) {
                pages.put(reader.pgno(), reader.page().clone());
            }
        }
        byte[] last = Objects.requireNonNull(pages.get(header.commit().pages()));
        last[100] ^= 1; // In the free part of a leaf: the database stays sound.
        try (OutputStream out = Files.newOutputStream(file)) {
            LtxWriter writer = new LtxWriter(out, header);
            for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
                writer.page(page.getKey(), page.getValue());
            }
            writer.finish(0);
        }
    }

    @Test
    void fileOutOfPlaceIsFound() throws Exception {
        String url = copy("synthetic-levels");
        Files.move(
                replica.resolve("ltx/1/0000000000000009-000000000000000a.ltx"),
                replica.resolve("ltx/9/0000000000000009-000000000000000a.ltx"));
        ToolRun run = verify(url);
        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.out()).contains("damage     L9/0000000000000009-000000000000000a.ltx: out of place");
    }

    @Test
    void jsonHoldsFindingsInParts() throws Exception {
        String url = copy("synthetic-levels");
        assertThat(verify(url, "--json").success())
                .contains("\"verdict\":\"sound\"", "\"integrity_check\":\"ok\"", "\"findings\":[]")
                .hasLineCount(1);
        RestoreTest.damage(replica.resolve("ltx/1/0000000000000009-000000000000000a.ltx"));
        assertThat(verify(url, "--json").out())
                .contains("\"verdict\":\"damaged\"")
                .containsPattern("\"file\":\"L1/0000000000000009-000000000000000a.ltx\",\"offset\":\\d+,"
                        + "\"field\":\"file checksum\",\"expected\":\"[^\"]+\",\"found\":\"[0-9a-f]{16}\"");
    }

    @Test
    void nothingToVerifyIsAFailure() throws Exception {
        ToolRun run = verify("file://" + replica);
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_TO_READ);
        assertThat(run.err()).contains("holds no files; check the URL");
        assertThat(verify(GoldenFolders.copy("legacy-0.3", replica)).err()).contains("Litestream 0.3.x");
    }

    @Test
    void nothingIsLeftInTheTemporaryFolder() throws Exception {
        Path temp = Files.createDirectory(folder.resolve("temp"));
        assertThat(verify(copy("real-0.5.17"), "--temp", temp.toString()).exitCode())
                .isZero();
        assertThat(temp).isEmptyDirectory();
    }

    private static ToolRun verify(String url, String... options) {
        return ToolRun.of(
                Stream.concat(Stream.of("verify", url), Stream.of(options)).toArray(String[]::new));
    }

    private String copy(String sample) throws IOException {
        return GoldenFolders.copy(sample, replica);
    }

    private static String label(Path file) {
        return "L" + file.getName(file.getNameCount() - 2) + "/" + file.getFileName();
    }
}
