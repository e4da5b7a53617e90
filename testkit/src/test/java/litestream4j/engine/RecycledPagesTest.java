package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.MemoryReplica;
import org.junit.jupiter.api.Test;

/**
 * Goal: an array that serves one page after the other is never seen by the reader of another one. Method: readers run
 * through the same pages forwards, backwards and in leaps, so that pages come ahead of demand, are wanted by several at
 * once, are dropped unread, and leave a cache of a few pages at once; each page bears its number at both ends.
 */
class RecycledPagesTest {
    private static final PageSize PAGE_SIZE = new PageSize(4096);
    private static final int PAGES = 6000;
    private static final int READERS = 4;
    private static final int LEAPS = 1000;
    private static final int CACHE_BYTES = 64 * 1024;

    private final LongAdder reads = new LongAdder();

    @Test
    void eachReaderSeesThePageThatItAskedFor() throws Exception {
        MemoryReplica replica = new MemoryReplica(false);
        replica.put(Level.SNAPSHOT, new LtxFileName(new Txid(1), new Txid(7)), content(), Instant.EPOCH);
        Settings settings = new Settings(
                ReplicaUrl.parse("memory://replica/pages"), Duration.ofHours(1), CACHE_BYTES, Duration.ofSeconds(3));
        long seed = Long.getLong("test.seed", System.nanoTime());
        try (ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER, new FakeTime());
                ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int number = i;
                all.add(threads.submit((Callable<?>) () -> read(database, settings, number, seed)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            EngineStats stats = database.stats();
            assertThat(stats.ahead())
                    .as("pages that came ahead and were wanted")
                    .isGreaterThan(PAGES);
            assertThat(stats.wasted()).as("pages that came ahead for nothing").isPositive();
            // Also of a page that another reader takes over just then.
            assertThat(stats.hits() + stats.misses())
                    .as("each read is one of both, once")
                    .isEqualTo(reads.sum());
        }
    }

    private Void read(ReplicaDatabase database, Settings settings, int number, long seed) throws IOException {
        Random random = new Random(seed + number);
        try (Reader reader = new Reader(database, () -> {}, Cancellation.NEVER, settings)) {
            for (int pass = 0; pass < 2; pass++) {
                for (int pgno = 1; pgno <= PAGES; pgno++) {
                    check(reader, (number + pass) % 2 == 0 ? pgno : PAGES + 1 - pgno, seed);
                }
            }
            for (int leap = 0; leap < LEAPS; leap++) {
                int from = 1 + random.nextInt(PAGES - 10);
                for (int pgno = from; pgno < from + 3 + random.nextInt(7); pgno++) {
                    check(reader, pgno, seed);
                }
            }
        }
        return null;
    }

    private void check(Reader reader, long pgno, long seed) throws IOException {
        ByteBuffer page = ByteBuffer.wrap(reader.page(reader.view(), pgno));
        reads.increment();
        assertThat(page.getLong(0)).as("begin of page, seed=%d", seed).isEqualTo(pgno);
        assertThat(page.getLong(page.capacity() - Long.BYTES))
                .as("end of page, seed=%d", seed)
                .isEqualTo(pgno);
    }

    private static byte[] content() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxWriter writer =
                new LtxWriter(out, LtxHeader.noChecksum(PAGE_SIZE, new Commit(PAGES), new Txid(1), new Txid(7), 1));
        byte[] noise = new byte[PAGE_SIZE.bytes()];
        new Random(1).nextBytes(noise);
        for (long pgno = 1; pgno <= PAGES; pgno++) {
            ByteBuffer page = ByteBuffer.wrap(noise.clone());
            page.putLong(0, pgno).putLong(noise.length - Long.BYTES, pgno);
            writer.page(pgno, page.array());
        }
        writer.finish(0);
        return out.toByteArray();
    }
}
