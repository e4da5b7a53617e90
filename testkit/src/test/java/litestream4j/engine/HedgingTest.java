package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: a request that is late is sent once more, and seldom. Method: a clock that is moved while a request hangs. */
@Timeout(60)
class HedgingTest {
    private static final Duration LATE = Duration.ofMillis(51);

    private EngineWorld world;
    private HoldingClient store;
    private ReplicaDatabase database;
    private long next;

    @BeforeEach
    void openALargeFile() throws Exception {
        world = EngineWorld.remote();
        world.writeAFileLargerThan(AheadFetcher.WHOLE_MAX_BYTES);
        store = new HoldingClient(world.client);
        database = world.open(store);
        // The first pages come with the header of the file.
        next = database.newest().commit().pages() / 2;
    }

    @AfterEach
    void release() {
        store.release();
    }

    @Test
    void aPageWhoseRequestHangsComesFromASecondOne() throws Exception {
        readSome(Latencies.SAMPLES_MIN);
        long before = database.stats().requests().reads();
        store.hold(1);
        FutureTask<byte[]> page = begin(this::readNext);
        world.time.advance(LATE);
        assertThat(page.get()).isEqualTo(expected(next));
        assertThat(database.stats().hedges()).isEqualTo(1);
        assertThat(database.stats().requests().reads() - before).isEqualTo(2);
        await("the first request was ended").until(() -> store.held() == 0);
        readSome(10);
    }

    @Test
    void aRangeThatAPageIsAwaitedFromIsAskedForOnceMore() throws Exception {
        readSome(Latencies.SAMPLES_MIN);
        store.hold(1);
        fetchAhead(LongStream.range(next + 1, next + 9));
        FutureTask<byte[]> page = begin(this::readNext);
        long before = database.stats().requests().reads();
        world.time.advance(LATE);
        assertThat(page.get()).isEqualTo(expected(next));
        readSome(7);
        assertThat(database.stats().requests().reads() - before)
                .as("once more, for all pages of the range")
                .isEqualTo(1);
        assertThat(database.stats().hedges()).isEqualTo(1);
    }

    private void fetchAhead(LongStream pgnos) {
        database.pages()
                .fetchAhead(database.newest(), pgnos.toArray(), database.pages().askers().new Asker());
    }

    @Test
    void aRangeThatNobodyWaitsForIsNot() throws Exception {
        readSome(Latencies.SAMPLES_MIN);
        store.hold(1);
        fetchAhead(LongStream.range(next + 50, next + 60));
        await().until(() -> store.held() == 1);
        world.time.advance(LATE);
        readSome(40);
        assertThat(database.stats().hedges()).isZero();
    }

    @Test
    void ifBothHangBothAreWaitedForAndThereIsNoThird() throws Exception {
        readSome(Latencies.SAMPLES_MIN + 100);
        store.hold(2);
        FutureTask<byte[]> page = begin(this::readNext);
        world.time.advance(LATE);
        await().until(() -> store.held() == 2);
        world.time.advance(LATE);
        store.release();
        assertThat(page.get()).isEqualTo(expected(next));
        assertThat(database.stats().hedges()).isEqualTo(1);
    }

    @Test
    void answersInTimeAreNeverAskedForTwice() throws Exception {
        long before = database.stats().requests().reads();
        readSome(300);
        assertThat(database.stats().hedges()).isZero();
        assertThat(database.stats().requests().reads() - before).isEqualTo(300);
    }

    @Test
    void cancelledReaderLeavesTheRequestToOthers() throws Exception {
        readSome(Latencies.SAMPLES_MIN);
        store.hold(1);
        long pgno = next + 1;
        FutureTask<byte[]> given = begin(() -> database.page(database.newest(), pgno, () -> true));
        assertThat(catchThrowable(given::get)).hasCauseInstanceOf(ReplicaException.Interrupted.class);
        FutureTask<byte[]> page = begin(this::readNext);
        world.time.advance(LATE);
        assertThat(page.get()).isEqualTo(expected(next));
    }

    @Test
    void storeThatFailsIsNotAskedTwice() throws Exception {
        readSome(Latencies.SAMPLES_MIN + 100);
        world.strike(FaultyClient.Fault.UNAVAILABLE);
        assertThat(catchThrowable(this::readNext)).isInstanceOf(ReplicaException.Unavailable.class);
        world.client.end();
        store.hold(1);
        FutureTask<byte[]> page = begin(this::readNext);
        world.time.advance(LATE);
        readSome(HedgeBudget.PRICE - 1);
        assertThat(database.stats().hedges()).isZero();
        readSome(1);
        page.get();
        assertThat(database.stats().hedges()).as("after twenty good answers").isEqualTo(1);
    }

    @Test
    void oneInTwentyRequestsIsSentTwiceHoweverManyAreLate() throws Exception {
        List<Runnable> second = new ArrayList<>();
        StoreSpeed speed = new StoreSpeed(world.time);
        Hedging hedging = new Hedging(world.time, speed, second::add);
        LtxFile file = world.replica.listAll().getFirst();
        for (int i = 0; i < Latencies.SAMPLES_MIN; i++) {
            speed.latencies(1000).add(1000);
        }
        Callable<Boolean> late = () -> {
            world.time.advance(LATE);
            hedging.look(file, 500);
            return true;
        };
        for (int i = 0; i < 1000; i++) {
            hedging.call(file, 0, 1000, late, _ -> {});
        }
        assertThat(second).hasSizeBetween(45, 50);
    }

    @Test
    void lateIsWhatIsLaterThanOthersOfItsKind() throws Exception {
        List<Runnable> second = new ArrayList<>();
        StoreSpeed speed = new StoreSpeed(world.time);
        Hedging hedging = new Hedging(world.time, speed, second::add);
        LtxFile file = world.replica.listAll().getFirst();
        for (int i = 0; i < 100; i++) {
            hedging.call(file, 0, 1000, () -> true, _ -> {});
            speed.latencies(1000).add(Duration.ofMillis(i < 90 ? 100 : 300).toNanos());
            speed.latencies(StoreSpeed.SMALL_MAX_BYTES + 1)
                    .add(Duration.ofMillis(5).toNanos());
        }
        Callable<Long> request = () -> {
            world.time.advance(Duration.ofMillis(200));
            return hedging.look(file, 500);
        };
        assertThat(hedging.call(file, 0, 1000, request, _ -> {}))
                .as("to be looked at again when it is later than the p95")
                .isEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(second).isEmpty();
        hedging.call(file, 0, StoreSpeed.SMALL_MAX_BYTES + 1, request, _ -> {});
        assertThat(second).hasSize(1);
    }

    private void readSome(int pages) throws Exception {
        for (int i = 0; i < pages; i++) {
            assertThat(readNext()).isEqualTo(expected(next));
        }
    }

    private byte[] readNext() throws Exception {
        return database.page(database.newest(), ++next, Cancellation.NEVER);
    }

    private byte @Nullable [] expected(long pgno) {
        return world.primary.image().page(pgno);
    }

    /** Begins a read on a thread of its own, and waits until its request hangs. */
    private FutureTask<byte[]> begin(Callable<byte[]> read) {
        FutureTask<byte[]> task = new FutureTask<>(read);
        Thread.ofPlatform().daemon().start(task);
        await().until(() -> store.held() == 1);
        return task;
    }
}
