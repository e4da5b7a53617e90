package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.RequestCounts;
import litestream4j.testkit.MemoryReplica;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a snapshot whose index is large is opened without it, and read with the sections of it that are needed. */
class LargeSnapshotTest {
    private static final PageSize PAGE_SIZE = new PageSize(512);
    private static final int PAGES = 100_000;
    private static final byte[] CONTENT = content();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheNeededPartsOfTheIndexAreRead(boolean local) throws IOException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (ReplicaDatabase database = open(CONTENT, local)) {
            RequestCounts opened = database.stats().requests();
            assertThat(opened.bytes()).isLessThan(80_000);
            assertThat(opened.reads()).isEqualTo(2);
            long pgno = 1 + random.nextLong(PAGES);
            assertThat(page(database, pgno)).as("seed=%d", seed).isEqualTo(page(pgno));
            assertThat(database.stats().requests().since(opened).reads())
                    .as("parts of the index, and the page")
                    .isLessThanOrEqualTo(5);
            for (int i = 0; i < 1000; i++) {
                pgno = 1 + random.nextLong(PAGES);
                assertThat(page(database, pgno)).as("seed=%d", seed).isEqualTo(page(pgno));
            }
            assertThat(page(database, PAGES)).isEqualTo(page(PAGES));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void damageInTheMiddleOfTheIndexIsSaidWhenItIsNeeded(boolean local) throws IOException {
        byte[] damaged = CONTENT.clone();
        int index = damaged.length - 24 - 300_000;
        for (int i = 0; i < 100_000; i++) {
            damaged[index + i] ^= 0x55;
        }
        try (ReplicaDatabase database = open(damaged, local)) {
            assertThatThrownBy(() -> page(database, PAGES - 40_000)).hasMessageContaining("page index");
            assertThat(page(database, 3)).isEqualTo(page(3));
        }
    }

    private static ReplicaDatabase open(byte[] content, boolean local) throws IOException {
        MemoryReplica replica = new MemoryReplica(local);
        replica.put(Level.SNAPSHOT, new LtxFileName(new Txid(1), new Txid(7)), content, Instant.EPOCH);
        Settings settings = new Settings(
                ReplicaUrl.parse("memory://replica/large"), Duration.ofHours(1), 1 << 20, Duration.ofSeconds(3));
        return ReplicaDatabase.open(replica, settings, Cancellation.NEVER, new FakeTime());
    }

    private static byte[] page(ReplicaDatabase database, long pgno) throws IOException {
        return database.page(database.newest(), pgno, Cancellation.NEVER);
    }

    /** Compresses to some 30 bytes, so that the index is a large part of the file. */
    private static byte[] page(long pgno) {
        return ByteBuffer.allocate(PAGE_SIZE.bytes()).putLong(100, pgno).array();
    }

    private static byte[] content() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            LtxWriter writer =
                    new LtxWriter(out, LtxHeader.noChecksum(PAGE_SIZE, new Commit(PAGES), new Txid(1), new Txid(7), 1));
            for (long pgno = 1; pgno <= PAGES; pgno++) {
                writer.page(pgno, page(pgno));
            }
            writer.finish(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
