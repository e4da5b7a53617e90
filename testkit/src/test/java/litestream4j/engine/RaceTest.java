package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.DatabaseImage;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;
import litestream4j.testkit.SimulatedRetention;
import org.junit.jupiter.api.Test;

/**
 * Goal: views stand still while threads publish, pin, fetch, evict, relocate, travel, come, go and close. Method: for
 * two seconds one thread writes, merges, deletes and now and then begins the database again with pages of another
 * size, the follower polls every millisecond, and threads read transactions through a cache that is far too small.
 */
class RaceTest {
    private static final Duration LASTING = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofNanos(300_000);
    private static final int READERS = 3;

    private final MemoryReplica replica = new MemoryReplica(false);
    private final SimulatedPrimary primary =
            new SimulatedPrimary(replica, new PageSize(512), new SplittableRandom(3), Instant::now).pagesMax(300);
    private final Settings settings =
            new Settings(ReplicaUrl.parse("memory://replica/path"), Duration.ofMillis(1), 32 * 1024, null);
    private final IdentityHashMap<DatabaseImage, Integer> eras = new IdentityHashMap<>();
    private final long end = System.nanoTime() + LASTING.toNanos();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger travels = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    RaceTest() throws ReplicaException {}

    @Test
    void everyTransactionSeesOneState() throws Exception {
        write();
        try (ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(this::replicate));
            for (int i = 0; i < READERS; i++) {
                int number = i;
                all.add(threads.submit((Callable<?>) () -> stay(database, number)));
                all.add(threads.submit((Callable<?>) () -> comeAndGo(database, number)));
            }
            all.add(threads.submit((Callable<?>) () -> travel(database)));
            for (Future<?> one : all) {
                one.get();
            }
            EngineStats stats = database.stats();
            assertThat(stats.pinnedReaders()).isZero();
            assertThat(database.inUse().views()).isEmpty();
        }
        assertThat(transactions.get()).as("transactions").isGreaterThan(20);
        assertThat(travels.get()).as("travels in time").isPositive();
        assertThat(interrupted.get()).as("interrupted reads").isPositive();
        assertThat(lost.get()).as("views lost to retention").isLessThan(transactions.get());
    }

    /** Who reads while the engine ends gets the right page or an error, and an answer in any case. */
    @Test
    void closingEndsWhatGoesOnAndServesNothingWrong() throws Exception {
        write();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int round = 0; round < 20; round++) {
                ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER);
                CountDownLatch reading = new CountDownLatch(READERS);
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    int number = i;
                    all.add(threads.submit((Callable<?>) () -> readUntilClosed(database, number, reading)));
                }
                reading.await();
                write();
                database.close();
                for (Future<?> one : all) {
                    one.get(20, TimeUnit.SECONDS);
                }
            }
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("litestream-follow")));
    }

    /** After two seconds; later on a machine that did not let every kind of thread do its part in them. */
    private boolean isOver() {
        long now = System.nanoTime();
        boolean allDone = transactions.get() > 20 && travels.get() > 0 && interrupted.get() > 0;
        return now >= end + TimeUnit.MINUTES.toNanos(1) || (now >= end && allDone);
    }

    private void replicate() {
        SimulatedRetention retention = new SimulatedRetention(Duration.ofMillis(20), Duration.ofMillis(200), true);
        for (int i = 1; !isOver(); i++) {
            // A primary without pauses would delete faster than anybody can look back, and let nobody else in.
            LockSupport.parkNanos(PAUSE.toNanos());
            synchronized (primary) {
                if (i % 400 == 0) {
                    primary.reset(new PageSize(primary.pageSize().bytes() == 512 ? 1024 : 512));
                }
                write();
                if (i % 8 == 0) {
                    primary.compact(1);
                    retention.apply(replica, Instant.now());
                }
                if (i % 50 == 0) {
                    primary.compact(2);
                    primary.snapshot();
                }
            }
        }
    }

    private void write() {
        synchronized (primary) {
            primary.write();
            eras.put(primary.image(), primary.eras());
        }
    }

    private DatabaseImage imageOf(Snapshot view) {
        synchronized (primary) {
            return primary.imageOf(view.txid(), view.timestamp()).orElseThrow();
        }
    }

    /** Returns the number of the history that a view belongs to. */
    private int eraOf(Snapshot view) {
        synchronized (primary) {
            return Objects.requireNonNull(eras.get(imageOf(view)));
        }
    }

    private Reader reader(ReplicaDatabase database, Cancellation cancellation) {
        return new Reader(database, () -> {}, cancellation, settings);
    }

    /** One connection for all the time: it never sees an older state than before, unless the database began again. */
    private boolean stay(ReplicaDatabase database, int number) throws IOException {
        SplittableRandom random = new SplittableRandom(number);
        Txid seen = Txid.NONE;
        int era = 0;
        try (Reader reader = reader(database, Cancellation.NEVER)) {
            while (!isOver()) {
                Snapshot view = transaction(reader, random);
                int eraNow = eraOf(view);
                assertThat(eraNow).isGreaterThanOrEqualTo(era);
                if (eraNow == era) {
                    assertThat(view.txid()).isGreaterThanOrEqualTo(seen);
                }
                seen = view.txid();
                era = eraNow;
            }
        }
        return true;
    }

    /** A connection for each transaction; each one is closed in the middle of it, and some are interrupted. */
    private boolean comeAndGo(ReplicaDatabase database, int number) throws IOException {
        SplittableRandom random = new SplittableRandom(100 + number);
        while (!isOver()) {
            try (Reader reader = reader(database, Cancellation.NEVER)) {
                reader.begin();
                if (random.nextInt(4) == 0) {
                    Thread.currentThread().interrupt(); // Ends the first wait for a page.
                }
                readPages(reader, random);
                transactions.incrementAndGet();
            } catch (ReplicaException.Interrupted _) {
                interrupted.incrementAndGet();
            } finally {
                Thread.interrupted();
            }
        }
        return true;
    }

    private boolean travel(ReplicaDatabase database) throws IOException {
        SplittableRandom random = new SplittableRandom(200);
        try (Reader reader = reader(database, Cancellation.NEVER)) {
            while (!isOver()) {
                try {
                    reader.lookAt(new Target.Before(Instant.now().minusMillis(random.nextInt(150))));
                    Snapshot _ = transaction(reader, random);
                    travels.incrementAndGet();
                } catch (PlanException | ReplicaException.NotFound _) {
                    reader.lookAtLatest(); // Nothing is kept from then, or it went while it was looked for.
                }
            }
        }
        return true;
    }

    private Snapshot transaction(Reader reader, SplittableRandom random) throws IOException {
        reader.begin();
        try {
            Snapshot view = reader.view();
            readPages(reader, random);
            assertThat(reader.view()).isSameAs(view);
            transactions.incrementAndGet();
            return view;
        } finally {
            reader.end();
        }
    }

    private void readPages(Reader reader, SplittableRandom random) throws IOException {
        Snapshot view = reader.view();
        DatabaseImage image = imageOf(view);
        assertThat(view.commit()).isEqualTo(image.commit());
        try {
            for (int i = random.nextInt(60); i >= 0; i--) {
                long pgno = 1 + random.nextLong(view.commit().pages());
                assertThat(reader.page(view, pgno)).isEqualTo(image.page(pgno));
            }
        } catch (ViewLostException _) {
            lost.incrementAndGet();
        } catch (ReplicaException.Interrupted _) {
            interrupted.incrementAndGet();
        }
    }

    private boolean readUntilClosed(ReplicaDatabase database, int number, CountDownLatch reading) throws IOException {
        SplittableRandom random = new SplittableRandom(number);
        try (Reader reader = reader(database, Cancellation.NEVER)) {
            for (int i = 0; i < 20; i++) {
                Snapshot _ = transaction(reader, random);
                reading.countDown();
            }
        } catch (ReplicaException e) {
            reading.countDown();
        }
        return true;
    }
}
