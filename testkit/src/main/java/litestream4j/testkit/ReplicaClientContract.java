package litestream4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link ReplicaClient} and {@link ReplicaWriter} does, whatever the store. A subclass supplies the store,
 * and a replica in it that is empty at the start of each test; it overrides no test.
 */
public abstract class ReplicaClientContract {
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07Z");
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path scratch;

    private ReplicaClient client;
    private ReplicaWriter writer;

    /** Makes a client of the test's replica. */
    protected abstract ReplicaClient connect() throws IOException;

    /** Makes a writer to the test's replica. */
    protected abstract ReplicaWriter openWriter() throws IOException;

    /** Returns where a level's files lie below the replica's root, with a slash at the end. */
    protected abstract String folder(Level level);

    /** Stores an object, past the writer, and replaces the one that is there. */
    protected abstract void put(String pathBelowRoot, byte[] content, Instant time) throws IOException;

    /** Deletes an object. */
    protected abstract void remove(String pathBelowRoot) throws IOException;

    @BeforeEach
    final void connectBoth() throws IOException {
        client = connect();
        writer = openWriter();
    }

    @AfterEach
    final void closeBoth() {
        writer.close();
        client.close();
    }

    @Test
    void replicaThatDoesNotExistIsEmpty() throws Exception {
        assertThat(client.listAll()).isEmpty();
        assertThat(client.list(Level.L0, Txid.NONE)).isEmpty();
        assertThat(client.find(Level.L0, name(1, 1))).isEmpty();
        assertThat(client.findLegacyGeneration()).isEmpty();
    }

    @Test
    void levelListsItsFilesByFirstThenLastTransaction() throws Exception {
        create(1, name(4, 9), 30);
        create(1, name(1, 3), 10);
        create(1, name(4, 6), 20);
        create(0, name(1, 1), 40);
        assertThat(client.list(new Level(1), Txid.NONE))
                .extracting(LtxFile::label)
                .containsExactly(label(1, 1, 3), label(1, 4, 6), label(1, 4, 9));
        assertThat(client.list(new Level(1), Txid.NONE))
                .extracting(LtxFile::size)
                .containsExactly(10L, 20L, 30L);
    }

    @Test
    void listFromATransactionBeginsWithTheFileThatBeginsThere() throws Exception {
        for (int i = 1; i <= 5; i++) {
            create(0, name(i, i), 10 * i);
        }
        create(0, name(2, 4), 7); // Covers 3, but begins before it.
        assertThat(client.list(Level.L0, new Txid(3)))
                .extracting(LtxFile::label)
                .containsExactly(label(0, 3, 3), label(0, 4, 4), label(0, 5, 5));
        assertThat(client.list(Level.L0, new Txid(6))).isEmpty();
    }

    @Test
    void otherObjectsAreNotListed() throws Exception {
        LtxFile file = create(0, name(0xAB, 0xAC), 5);
        byte[] content = {1, 2, 3};
        put(folder(Level.L0) + name(1, 1) + ".tmp", content, TIME);
        put(folder(Level.L0) + "00000000000000AD-00000000000000AE.ltx", content, TIME);
        put(folder(Level.L0) + "0000000000000002-0000000000000001.ltx", content, TIME);
        put(folder(Level.L0) + "0000000000000000-0000000000000000.ltx", content, TIME);
        put(folder(Level.L0) + "readme.txt", content, TIME);
        put("lock.json", content, TIME);
        assertThat(client.list(Level.L0, Txid.NONE)).containsExactly(file);
        assertThat(client.listAll()).containsExactly(file);
    }

    @Test
    void listOfAllGoesThroughTheLevelsInOrder() throws Exception {
        List<LtxFile> created = new ArrayList<>();
        for (Level level : Level.ALL) {
            created.add(create(level.number(), name(1, 10 + level.number()), 3));
            created.add(create(level.number(), name(20, 30), 4));
        }
        assertThat(client.listAll()).containsExactlyElementsOf(created);
    }

    @Test
    void readReturnsTheBytesAskedFor() throws Exception {
        byte[] content = new byte[50_000];
        Random random = new Random(SEED);
        random.nextBytes(content);
        LtxFile file = create(2, name(1, 8), content);
        for (int i = 0; i < 50; i++) {
            int start = random.nextInt(content.length);
            int length = 1 + random.nextInt(content.length - start);
            assertThat(read(file, start, length))
                    .as("seed=%d [%d, +%d)", SEED, start, length)
                    .isEqualTo(Arrays.copyOfRange(content, start, start + length));
        }
        assertThat(read(file, 0, content.length)).isEqualTo(content);
        assertThat(read(file, content.length - 1, 1)).containsExactly(content[content.length - 1]);
    }

    @Test
    void readOfADeletedFileIsNotFound() throws Exception {
        LtxFile file = create(0, name(7, 7), 100);
        remove(folder(Level.L0) + file.name());
        assertThatThrownBy(() -> read(file, 0, 10))
                .isInstanceOf(ReplicaException.NotFound.class)
                .hasMessageContaining(file.label());
        assertThat(client.find(Level.L0, file.name())).isEmpty();
        assertThat(client.list(Level.L0, Txid.NONE)).isEmpty();
    }

    @Test
    void readOfAReplacedFileIsNotFound() throws Exception {
        LtxFile file = create(0, name(7, 7), 100);
        put(folder(Level.L0) + file.name(), content(100, 2), TIME.plusSeconds(5));
        assertThatThrownBy(() -> read(file, 20, 10))
                .isInstanceOf(ReplicaException.NotFound.class)
                .hasMessageContaining(file.label());
        assertThat(client.list(Level.L0, Txid.NONE)).doesNotContain(file).hasSize(1);
    }

    @Test
    void readOfAFileThatBecameShorterIsNotFound() throws Exception {
        LtxFile file = create(0, name(7, 7), 100);
        put(folder(Level.L0) + file.name(), content(50, 2), TIME.plusSeconds(5));
        assertThatThrownBy(() -> read(file, 60, 10)).isInstanceOf(ReplicaException.NotFound.class);
    }

    @Test
    void findReturnsTheWholeFileAsItIsListed() throws Exception {
        byte[] content = content(20_000, 3);
        LtxFile listed = create(9, name(1, 5), content);
        try (LtxObject found = client.find(Level.SNAPSHOT, name(1, 5)).orElseThrow()) {
            assertThat(found.file()).isEqualTo(listed);
            assertThat(found.body().readAllBytes()).isEqualTo(content);
            assertThat(read(found.file(), 100, 10)).isEqualTo(Arrays.copyOfRange(content, 100, 110));
        }
    }

    @Test
    void readThatIsClosedEarlyDisturbsNoOther() throws Exception {
        byte[] content = content(2_000_000, 4);
        LtxFile file = create(9, name(1, 5), content);
        for (int i = 0; i < 5; i++) {
            try (LtxObject object = client.read(file, 0, content.length)) {
                assertThat(object.body().read()).isEqualTo(content[0] & 0xFF);
            }
        }
        assertThat(read(file, content.length - 10, 10))
                .isEqualTo(Arrays.copyOfRange(content, content.length - 10, content.length));
    }

    @Test
    void manyThreadsReadAtOnce() throws Exception {
        byte[] content = content(100_000, 5);
        LtxFile file = create(1, name(1, 5), content);
        List<Callable<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int start = i * 1000;
            reads.add(() -> read(file, start, 5000));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<byte[]>> results = threads.invokeAll(reads);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(Arrays.copyOfRange(content, i * 1000, i * 1000 + 5000));
            }
        }
    }

    @Test
    void interruptEndsAReadAndStaysSet() throws Exception {
        LtxFile file = create(1, name(1, 5), 100);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> read(file, 0, 100)).isInstanceOf(ReplicaException.Interrupted.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(read(file, 0, 100)).hasSize(100);
    }

    @Test
    void writerReplacesNothing() throws Exception {
        byte[] content = content(100, 6);
        LtxFile file = create(0, name(1, 1), content);
        assertThatThrownBy(() -> create(0, name(1, 1), content(100, 7)))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining(file.label())
                .hasMessageContaining("exists already");
        assertThat(read(file, 0, 100)).isEqualTo(content);
    }

    @Test
    void legacyGenerationIsFoundByItsName() throws Exception {
        byte[] content = {4};
        put("generations/not-a-generation/snapshots/00000000.snapshot.lz4", content, TIME);
        assertThat(client.findLegacyGeneration()).isEmpty();
        put("generations/0123456789abcdef/snapshots/00000000.snapshot.lz4", content, TIME);
        assertThat(client.findLegacyGeneration()).contains("0123456789abcdef");
        assertThat(client.listAll()).isEmpty();
    }

    /** Creates a file by the writer and returns it as it is listed. */
    private LtxFile create(int level, LtxFileName name, byte[] content) throws IOException {
        Path file = Files.write(scratch.resolve("content"), content);
        writer.create(new Level(level), name, file, TIME.toEpochMilli());
        return client.list(new Level(level), name.min()).stream()
                .filter(listed -> listed.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private LtxFile create(int level, LtxFileName name, int size) throws IOException {
        return create(level, name, content(size, 1));
    }

    private byte[] read(LtxFile file, long offset, long length) throws IOException {
        try (LtxObject object = client.read(file, offset, length)) {
            return object.body().readAllBytes();
        }
    }

    private static byte[] content(int size, long seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static LtxFileName name(long min, long max) {
        return new LtxFileName(new Txid(min), new Txid(max));
    }

    private static String label(int level, long min, long max) {
        return new Level(level) + "/" + name(min, max);
    }
}
