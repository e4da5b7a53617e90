package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.MemoryReplica;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: look-ups by rowid in pages that are in memory, and the transactions around them, leave nothing to collect.
 * Method: what the thread allocates is counted, also by code that nothing has compiled yet, where no optimiser hides
 * an object.
 */
class WarmReadsTest {
    private static final PageSize PAGE_SIZE = new PageSize(4096);
    private static final int ROOT = 2;
    private static final int LEAVES = 200;
    private static final int ROUNDS = 200;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest(name = "local: {0}")
    @ValueSource(booleans = {true, false})
    void makeNoObjects(boolean local) throws Exception {
        MemoryReplica replica = new MemoryReplica(local);
        replica.put(Level.SNAPSHOT, new LtxFileName(new Txid(1), new Txid(7)), content(), Instant.EPOCH);
        Settings settings = new Settings(
                ReplicaUrl.parse("memory://replica/pages"),
                Duration.ofHours(1),
                Settings.CACHE_BYTES,
                Duration.ofSeconds(3));
        try (ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER, new FakeTime());
                Reader reader = new Reader(database, () -> {}, Cancellation.NEVER, settings)) {
            int leaving = 0;
            for (int round = -ROUNDS; round < ROUNDS; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                lookUpAll(reader);
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                leaving += round >= 0 && allocated > 0 ? 1 : 0;
            }
            // The JVM itself makes an object now and then, when it links a call.
            assertThat(leaving)
                    .as("transactions that leave something to collect")
                    .isLessThan(ROUNDS / 20);
            assertThat(database.stats().hits()).isGreaterThan(ROUNDS * LEAVES);
        }
    }

    private static void lookUpAll(Reader reader) throws IOException {
        reader.begin();
        Snapshot view = reader.view();
        for (int i = 0; i < LEAVES; i++) {
            reader.page(view, ROOT);
            // Neither a neighbour of the last one nor at an edge, where a scan would begin.
            reader.page(view, ROOT + 3 + i * 89 % (LEAVES - 5));
        }
        reader.end();
    }

    /** A table: a root with many leaves. */
    private static byte[] content() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Commit commit = new Commit(ROOT + LEAVES);
        LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(PAGE_SIZE, commit, new Txid(1), new Txid(7), 1));
        for (int pgno = 1; pgno <= commit.pages(); pgno++) {
            writer.page(pgno, pgno == ROOT ? root() : leaf());
        }
        writer.finish(0);
        return out.toByteArray();
    }

    private static byte[] root() {
        ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE.bytes());
        int cells = LEAVES - 1;
        page.put((byte) 5).position(3);
        page.putShort((short) cells).position(8);
        page.putInt(ROOT + LEAVES);
        for (int i = 0; i < cells; i++) {
            int cell = PAGE_SIZE.bytes() - 8 * (i + 1);
            page.putShort((short) cell);
            page.putInt(cell, ROOT + 1 + i).put(cell + 4, (byte) Math.min(i, 127));
        }
        return page.array();
    }

    private static byte[] leaf() {
        return ByteBuffer.allocate(PAGE_SIZE.bytes()).put((byte) 13).array();
    }
}
