package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.DatabaseImage;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;
import litestream4j.testkit.SimulatedRetention;
import org.junit.jupiter.api.Test;

/**
 * Goal: views stand still while threads publish, pin, fetch, evict and relocate. Method: for two seconds one thread
 * writes, merges and deletes, the follower polls every millisecond, and four threads read transactions through a cache
 * that is far too small.
 */
class RaceTest {
    private static final Duration LASTING = Duration.ofSeconds(2);
    private static final int READERS = 4;

    private final MemoryReplica replica = new MemoryReplica(false);
    private final SimulatedPrimary primary =
            new SimulatedPrimary(replica, new PageSize(512), new SplittableRandom(3), Instant::now).pagesMax(300);
    private final long end = System.nanoTime() + LASTING.toNanos();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    @Test
    void everyTransactionSeesOneState() throws Exception {
        write();
        Settings settings =
                new Settings(ReplicaUrl.parse("memory://replica/path"), Duration.ofMillis(1), 32 * 1024, null);
        try (ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(this::replicate));
            for (int i = 0; i < READERS; i++) {
                int number = i;
                all.add(threads.submit((Callable<?>) () -> read(database, settings, number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(database.stats().pinnedReaders()).isZero();
        }
        assertThat(transactions.get()).as("transactions").isGreaterThan(100);
        assertThat(lost.get()).as("views lost to retention").isLessThan(transactions.get() / 2);
    }

    private void replicate() {
        SimulatedRetention retention = new SimulatedRetention(Duration.ofMillis(20), Duration.ofMillis(200), true);
        for (int i = 0; System.nanoTime() < end; i++) {
            write();
            if (i % 8 == 0) {
                primary.compact(1);
                retention.apply(replica, Instant.now());
            }
            if (i % 50 == 0) {
                primary.compact(2);
                snapshot();
            }
        }
    }

    private void write() {
        synchronized (primary) {
            primary.write();
        }
    }

    private void snapshot() {
        synchronized (primary) {
            primary.snapshot();
        }
    }

    private DatabaseImage imageOf(Snapshot view) {
        synchronized (primary) {
            return primary.imageOf(view.txid(), view.timestamp()).orElseThrow();
        }
    }

    private boolean read(ReplicaDatabase database, Settings settings, int number) throws IOException {
        SplittableRandom random = new SplittableRandom(number);
        Txid seen = Txid.NONE;
        try (Reader reader = new Reader(database, () -> {}, Cancellation.NEVER, settings)) {
            while (System.nanoTime() < end) {
                reader.begin();
                Snapshot view = reader.view();
                assertThat(view.txid()).isGreaterThanOrEqualTo(seen);
                seen = view.txid();
                readPages(reader, view, random);
                assertThat(reader.view()).isSameAs(view);
                reader.end();
                transactions.incrementAndGet();
            }
        }
        return true;
    }

    private void readPages(Reader reader, Snapshot view, SplittableRandom random) throws IOException {
        DatabaseImage image = imageOf(view);
        assertThat(view.commit()).isEqualTo(image.commit());
        try {
            for (int i = random.nextInt(60); i >= 0; i--) {
                long pgno = 1 + random.nextLong(view.commit().pages());
                assertThat(reader.page(view, pgno)).isEqualTo(image.page(pgno));
            }
        } catch (ViewLostException _) {
            lost.incrementAndGet();
        }
    }
}
