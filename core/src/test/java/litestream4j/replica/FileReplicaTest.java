package litestream4j.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to replicas in a folder; the rest is the contract of all replicas. */
class FileReplicaTest {
    private static final LtxFileName NAME = LtxFileName.of(new Txid(7));
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.250Z");

    @TempDir
    Path folder;

    private ReplicaClient client;

    @BeforeEach
    void connect() throws IOException {
        client = ReplicaProviders.connect("file://" + folder, Environment.EMPTY);
    }

    @Test
    void timeOfAFileIsItsModificationTime() throws Exception {
        store("ltx/0", 10);
        assertThat(client.list(Level.L0, Txid.NONE))
                .extracting(LtxFile::createdAt)
                .containsExactly(TIME);
    }

    @Test
    void levelWithoutItsFolderIsLookedForInTheLayoutOfBuckets() throws Exception {
        store("ltx/0", 10);
        store("0000", 20); // Passed over: the level has a folder of its own.
        store("0001", 30);
        assertThat(client.listAll()).extracting(LtxFile::size).containsExactly(10L, 30L);
        try (LtxObject found = client.find(new Level(1), NAME).orElseThrow()) {
            assertThat(found.body().readAllBytes()).hasSize(30);
        }
    }

    @Test
    void fileOfTheSameSizeAndAnotherTimeIsNotTheListedOne() throws Exception {
        Path path = store("ltx/0", 10);
        LtxFile listed = client.list(Level.L0, Txid.NONE).getFirst();
        Files.setLastModifiedTime(path, FileTime.from(TIME.plusNanos(1_000)));
        assertThatThrownBy(() -> client.read(listed, 0, 1))
                .isInstanceOf(ReplicaException.NotFound.class)
                .hasMessageContaining("was replaced");
    }

    @Test
    void fileWhoseTimeIsSetAfterItIsThereStaysTheSame() throws Exception {
        Path path = writeHeader();
        Files.setLastModifiedTime(path, FileTime.from(justNow()));
        LtxFile listed = client.list(Level.L0, Txid.NONE).getFirst();
        assertThat(listed.createdAt()).isEqualTo(TIME);
        try (LtxObject found = client.find(Level.L0, NAME).orElseThrow()) {
            assertThat(found.file()).isEqualTo(listed);
        }
        Files.setLastModifiedTime(path, FileTime.from(TIME));
        assertThat(client.list(Level.L0, Txid.NONE)).containsExactly(listed);
        client.read(listed, 0, 1).close();
    }

    /** As in a folder that was copied: reading a header for each file of it would take as long as the listing. */
    @Test
    void fileWhoseTimeWasNotSetForLongIsWhatItLooksLike() throws Exception {
        Instant copied = justNow().minus(Duration.ofHours(1));
        Files.setLastModifiedTime(writeHeader(), FileTime.from(copied));
        assertThat(client.list(Level.L0, Txid.NONE).getFirst().createdAt()).isEqualTo(copied);
    }

    /** Returns a time with parts of a millisecond. */
    private static Instant justNow() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).plusNanos(345_678);
    }

    private Path writeHeader() throws IOException {
        Path path = Files.createDirectories(folder.resolve("ltx/0")).resolve(NAME.toString());
        return Files.write(
                path,
                LtxHeader.noChecksum(new PageSize(4096), new Commit(1), NAME.min(), NAME.max(), TIME.toEpochMilli())
                        .encode());
    }

    @Test
    void fileThatIsCutWhileItIsReadIsUnavailable() throws Exception {
        Path path = store("ltx/0", 10);
        LtxFile listed = client.list(Level.L0, Txid.NONE).getFirst();
        try (LtxObject object = client.read(listed, 0, 10)) {
            assertThat(object.body().readNBytes(4)).hasSize(4);
            Files.write(path, new byte[5]);
            assertThatThrownBy(() -> object.body().readAllBytes())
                    .isInstanceOf(ReplicaException.Unavailable.class)
                    .hasMessageContaining("cut short");
        }
    }

    @Test
    void folderNamedAsAFileIsNone() throws Exception {
        Files.createDirectories(folder.resolve("ltx/0").resolve(NAME.toString()));
        assertThat(client.list(Level.L0, Txid.NONE)).isEmpty();
        assertThat(client.find(Level.L0, NAME)).isEmpty();
    }

    @Test
    void writerLeavesTheFileAndNothingElse() throws Exception {
        Path content = Files.write(folder.resolve("content"), new byte[12]);
        try (ReplicaWriter writer = ReplicaProviders.openWriter("file://" + folder, Environment.EMPTY)) {
            writer.create(Level.SNAPSHOT, NAME, content, TIME.toEpochMilli());
            assertThatThrownBy(() -> writer.create(Level.SNAPSHOT, NAME, content, 0))
                    .isInstanceOf(ReplicaException.Denied.class);
        }
        Path level = folder.resolve("ltx/9");
        try (var names = Files.list(level)) {
            assertThat(names).containsExactly(level.resolve(NAME.toString()));
        }
        assertThat(Files.getLastModifiedTime(level.resolve(NAME.toString())).toInstant())
                .isEqualTo(TIME);
    }

    private Path store(String level, int size) throws IOException {
        Path path = Files.createDirectories(folder.resolve(level)).resolve(NAME.toString());
        Files.write(path, new byte[size]);
        Files.setLastModifiedTime(path, FileTime.from(TIME));
        return path;
    }
}
