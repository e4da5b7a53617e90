package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import litestream4j.GoldenReplicas;
import litestream4j.GoldenReplicas.DaemonReplica;
import litestream4j.GoldenReplicas.GoldenFile;
import litestream4j.GoldenReplicas.Point;
import litestream4j.GoldenReplicas.Replica;
import litestream4j.GoldenReplicas.State;
import org.junit.jupiter.api.Test;

/** The files of the reference implementation, against the values that an independent decoder found in them. */
class GoldenLtxTest {
    private final GoldenReplicas golden = GoldenReplicas.orSkip();

    @Test
    void everyValueOfEveryFileIsAsExpected() throws Exception {
        int files = 0;
        for (Replica replica : golden.replicas()) {
            for (GoldenFile file : replica.files()) {
                assertAsExpected(file);
                files++;
            }
        }
        assertThat(files).isGreaterThan(20);
    }

    private static void assertAsExpected(GoldenFile expected) throws IOException {
        byte[] bytes = Files.readAllBytes(expected.path());
        String name = expected.path().getFileName().toString();
        assertThat(bytes).as(name).hasSize((int) expected.bytes());
        assertThat(sha256(bytes)).as(name).isEqualTo(expected.sha256());
        LtxFileContents contents = LtxFileContents.parse(LtxFileName.parse(name).orElseThrow(), name, bytes);
        LtxHeader header = contents.header();
        assertThat(header.encode()).as(name).isEqualTo(Arrays.copyOf(bytes, LtxHeader.BYTES));
        assertThat(header.noChecksum()).as(name).isEqualTo(expected.flags() == 2);
        assertThat(header.pageSize().bytes()).as(name).isEqualTo(expected.pageBytes());
        assertThat(header.commit().pages()).as(name).isEqualTo(expected.commitPages());
        assertThat(header.min()).as(name).isEqualTo(expected.min());
        assertThat(header.max()).as(name).isEqualTo(expected.max());
        assertThat(header.timestampMillis()).as(name).isEqualTo(expected.timestampMillis());
        assertThat(header.preApplyChecksum()).as(name).isEqualTo(expected.preApplyChecksum());
        assertThat(contents.trailer())
                .as(name)
                .isEqualTo(new LtxTrailer(expected.postApplyChecksum(), expected.fileChecksum()));
        PageIndex index = contents.index();
        List<GoldenReplicas.Frame> frames = new ArrayList<>();
        for (int i = 0; i < index.size(); i++) {
            frames.add(new GoldenReplicas.Frame(index.pgno(i), index.offset(i), index.frameBytes(i)));
            assertThat(DatabaseChecksum.page(index.pgno(i), contents.page(index.pgno(i))))
                    .as(name)
                    .isEqualTo(expected.pageChecksums().get(i));
        }
        assertThat(frames).as(name).isEqualTo(expected.frames());
        for (int guess : new int[] {32, 32768}) {
            assertThat(indexByTail(bytes, guess, header)).as(name).isEqualTo(index);
        }
    }

    /** Does as a client with ranged reads: the tail first, and what is missing of the index after it. */
    private static PageIndex indexByTail(byte[] file, int guess, LtxHeader header) throws LtxFormatException {
        byte[] tail = Arrays.copyOfRange(file, Math.max(0, file.length - guess), file.length);
        int needed = (int) PageIndex.entriesBytes("f", tail, file.length) + PageIndex.FOOTER_BYTES;
        if (needed > tail.length) {
            tail = Arrays.copyOfRange(file, file.length - needed, file.length);
        }
        return PageIndex.parse("f", tail, file.length, header.commit(), header.pageSize());
    }

    @Test
    void filesAppliedInOrderGiveTheDatabaseOfEachTransaction() throws Exception {
        for (Replica replica : golden.replicas()) {
            Image image = new Image();
            for (Path path : replica.latestPlan()) {
                image.apply(path);
                for (State state : replica.states()) {
                    if (state.txid().equals(image.txid)) {
                        String as = replica + " " + state.txid();
                        assertThat(image.bytes.length / image.pageBytes).as(as).isEqualTo((int) state.pages());
                        assertThat(sha256(image.bytes)).as(as).isEqualTo(state.sha256());
                        assertThat(image.checksum()).as(as).isEqualTo(state.checksum());
                    }
                }
            }
            assertThat(image.txid).as(replica.name()).isEqualTo(replica.latest().txid());
        }
    }

    @Test
    void everyFileOfTheRealPrimaryIsValid() throws Exception {
        for (DaemonReplica replica : golden.daemonReplicas()) {
            for (String folder : List.of("all", "ltx")) {
                List<Path> paths = golden.ltxFiles(replica.name() + "/" + folder);
                assertThat(paths).as(replica.name()).isNotEmpty();
                for (Path path : paths) {
                    String name = path.getFileName().toString();
                    String ltxName = folder.equals("all") ? name.substring(2) : name;
                    byte[] bytes = Files.readAllBytes(path);
                    LtxFileContents contents =
                            LtxFileContents.parse(LtxFileName.parse(ltxName).orElseThrow(), name, bytes);
                    LtxHeader header = contents.header();
                    assertThat(header.pageSize().bytes()).as(name).isEqualTo(replica.pageBytes());
                    assertThat(indexByTail(bytes, 32, header)).as(name).isEqualTo(contents.index());
                    Long timestampMillis = replica.timestampMillis()
                            .get(replica.folder().relativize(path).toString());
                    if (timestampMillis != null) {
                        assertThat(header.timestampMillis()).as(name).isEqualTo(timestampMillis);
                    }
                }
            }
        }
    }

    @Test
    void historyOfTheRealPrimaryIsRepeated() throws Exception {
        for (DaemonReplica replica : golden.daemonReplicas()) {
            Image image = new Image();
            int points = 0;
            for (Path path : golden.ltxFiles(replica.name() + "/all")) {
                if (!path.getFileName().toString().startsWith("0-")) {
                    continue;
                }
                image.apply(path);
                Point point = replica.points().get(image.txid);
                if (point != null) {
                    String as = replica + " " + image.txid;
                    assertThat(image.bytes.length / image.pageBytes).as(as).isEqualTo((int) point.pages());
                    assertThat(sha256(image.bytes)).as(as).isEqualTo(point.imageSha256());
                    points++;
                }
            }
            assertThat(points).as(replica.name()).isEqualTo(replica.points().size());
            assertThat(image.txid).as(replica.name()).isEqualTo(replica.latest());
        }
    }

    @Test
    void fileOfTheFirstGenerationIsToldAsSuch() throws Exception {
        List<Path> files = golden.ltxFiles("legacy-v1");
        assertThat(files).hasSize(1);
        byte[] bytes = Files.readAllBytes(files.getFirst());
        assertThatThrownBy(() -> LtxFileContents.parse(null, "old.ltx", bytes))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("old.ltx: page flags at byte 104")
                .hasMessageContaining("older, unsupported LTX version");
        assertThatThrownBy(() -> PageIndex.parse("old.ltx", bytes, bytes.length, null, null))
                .isInstanceOf(LtxFormatException.class);
    }

    @Test
    void damagedFilesGiveNoWrongPage() throws Exception {
        for (String name : List.of(
                "real-0.5.17/ltx/0/0000000000000003-0000000000000003.ltx",
                "synthetic-frame-512-checksums/ltx/0/0000000000000001-0000000000000001.ltx",
                "synthetic-block-1024-checksums/ltx/0/0000000000000002-0000000000000002.ltx",
                "synthetic-block-65536-checksums/ltx/0/0000000000000002-0000000000000002.ltx")) {
            byte[] file = Files.readAllBytes(golden.root().resolve(name));
            LtxFileContents expected = LtxFileContents.parse(null, name, file);
            for (int at = 0; at < file.length; at++) {
                byte[] damaged = file.clone();
                damaged[at] = (byte) ~damaged[at];
                LtxDamageTest.assertRejectedOrSame(damaged, expected, at);
                damaged[at] = (byte) (file[at] ^ 1 << (at % 8));
                LtxDamageTest.assertRejectedOrSame(damaged, expected, at);
                LtxDamageTest.assertCutIsRejected(Arrays.copyOf(file, at));
            }
        }
    }

    private static String sha256(byte[] bytes) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    /** A database, to which files are applied; with the checksums checked where files have them. */
    private static final class Image {
        private byte[] bytes = {};
        private int pageBytes = 1;
        private Txid txid = Txid.NONE;

        void apply(Path path) throws IOException {
            byte[] file = Files.readAllBytes(path);
            LtxReader reader = new LtxReader(path.getFileName().toString(), new ByteArrayInputStream(file));
            LtxHeader header = reader.header();
            if (header.preApplyChecksum() != 0 && header.min().equals(txid.next())) {
                assertThat(header.preApplyChecksum()).as(path.toString()).isEqualTo(checksum());
            }
            pageBytes = header.pageSize().bytes();
            bytes = Arrays.copyOf(bytes, (int) header.commit().bytes(header.pageSize()));
            while (reader.next()) {
                int at = (int) header.pageSize().offsetOf(reader.pgno());
                System.arraycopy(reader.page(), 0, bytes, at, pageBytes);
            }
            txid = header.max();
            if (!header.noChecksum()) {
                assertThat(reader.finish().postApplyChecksum())
                        .as(path.toString())
                        .isEqualTo(checksum());
            }
        }

        long checksum() {
            long checksum = DatabaseChecksum.EMPTY;
            for (int i = 0; i * pageBytes < bytes.length; i++) {
                byte[] page = Arrays.copyOfRange(bytes, i * pageBytes, (i + 1) * pageBytes);
                checksum = DatabaseChecksum.combine(checksum, DatabaseChecksum.page(i + 1L, page));
            }
            return checksum;
        }
    }
}
