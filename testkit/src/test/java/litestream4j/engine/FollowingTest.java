package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a replica is followed as often as somebody wants it, whatever happens, and the age of what is shown is true.
 */
class FollowingTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    private ReplicaDatabase follow(Duration pollInterval) throws IOException {
        Settings settings = new Settings(world.settings.replica(), pollInterval, 0, null);
        return ReplicaDatabase.open(world.client, settings, Cancellation.NEVER);
    }

    private Reader reader(ReplicaDatabase database, Duration maxLag) {
        Settings settings =
                new Settings(world.settings.replica(), Duration.ofSeconds(1), 0, 0, null, maxLag, false, true);
        return new Reader(database, () -> {}, Cancellation.NEVER, settings);
    }

    @Test
    void threadThatFollowsSurvivesWhateverGoesWrong() throws Exception {
        world.write(1);
        try (ReplicaDatabase database = follow(Duration.ofMillis(1))) {
            AtomicInteger requests = new AtomicInteger();
            world.client.between(() -> {
                switch (requests.incrementAndGet()) {
                    case 2 -> throw new OutOfMemoryError("as it happens");
                    case 3 -> Thread.currentThread().interrupt();
                    case 4 -> throw new IllegalStateException("nor should this");
                    default -> {}
                }
            });
            await().until(() -> requests.get() > 5);
            world.write(1);
            await().until(() -> database.newest().txid().value() == 2);
        }
    }

    @Test
    void shorterIntervalTakesEffectAtOnceAndGoesWithItsConnection() throws Exception {
        PollTimer timer = new PollTimer(HOUR);
        FutureTask<Boolean> wait = new FutureTask<>(() -> timer.await(sinceNow()));
        Thread waiting = Thread.ofPlatform().daemon().start(wait);
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        timer.add(Duration.ofMillis(1));
        assertThat(wait.get(10, TimeUnit.SECONDS)).isTrue();
        timer.add(Duration.ofSeconds(5));
        timer.add(Duration.ofMillis(1));
        timer.remove(Duration.ofMillis(1));
        assertThat(timer.interval()).isEqualTo(Duration.ofMillis(1));
        timer.remove(Duration.ofMillis(1));
        assertThat(timer.interval()).isEqualTo(Duration.ofSeconds(5));
        timer.remove(Duration.ofSeconds(5));
        assertThat(timer.interval()).isEqualTo(HOUR);
    }

    private static LongUnaryOperator sinceNow() {
        long begin = System.nanoTime();
        return interval -> begin + interval;
    }

    @Test
    void closingEndsTheWaitForTheNextPoll() throws Exception {
        PollTimer timer = new PollTimer(HOUR);
        FutureTask<Boolean> wait = new FutureTask<>(() -> timer.await(sinceNow()));
        Thread.ofPlatform().daemon().start(wait);
        timer.close();
        assertThat(wait.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void sleepOfTheMachineCountsAsLag() throws Exception {
        world.write(1);
        ReplicaDatabase database = world.open();
        database.poll();
        world.time.jump(HOUR); // The monotonic clock stands still meanwhile.
        assertThat(database.lag()).contains(HOUR);
        try (Reader reader = reader(database, Duration.ofSeconds(5))) {
            assertThatThrownBy(reader::begin).isInstanceOf(StaleException.class);
            world.write(1);
            world.time.meanwhile(() -> poll(database));
            reader.begin();
            assertThat(reader.view().txid()).isEqualTo(world.primary.txid());
        }
    }

    @Test
    void clockThatIsSetBackMakesNothingYounger() throws Exception {
        world.write(1);
        ReplicaDatabase database = world.open();
        database.poll();
        world.time.advance(Duration.ofSeconds(9));
        world.time.jump(HOUR.negated());
        assertThat(database.lag()).contains(Duration.ofSeconds(9));
    }

    @Test
    void transactionFailsInTimeIfTheStoreIsAwayForLongerThanMaxLag() throws Exception {
        world.write(1);
        ReplicaDatabase database = world.open();
        database.poll();
        world.strike(Fault.UNAVAILABLE);
        try (Reader reader = reader(database, Duration.ofSeconds(5))) {
            world.time.advance(Duration.ofSeconds(5));
            reader.begin();
            reader.end();
            world.time.advance(Duration.ofMillis(1));
            long before = world.time.nanos();
            assertThatThrownBy(reader::begin).isInstanceOf(StaleException.class).hasMessageContaining("max_lag=5.0s");
            assertThat(world.time.nanos() - before).isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
            world.client.end();
            world.time.meanwhile(() -> poll(database));
            reader.begin();
        }
    }

    @Test
    void waitsForATransactionAndForAFreshViewAreInterrupted() throws Exception {
        world.write(1);
        ReplicaDatabase database = world.open();
        database.poll();
        world.time.advance(Duration.ofSeconds(10));
        AtomicInteger asked = new AtomicInteger();
        Cancellation third = () -> asked.incrementAndGet() % 3 == 0;
        assertThatThrownBy(() ->
                        database.waits().awaitTxid(database.newest().txid().next(), HOUR, third))
                .isInstanceOf(ReplicaException.Interrupted.class);
        assertThatThrownBy(() -> database.waits().refresh(Duration.ofSeconds(5), third))
                .isInstanceOf(ReplicaException.Interrupted.class);
    }

    @Test
    void waitForATransactionMakesTheFollowerLookMoreOften() throws Exception {
        world.write(1);
        CountDownLatch looks = new CountDownLatch(3);
        try (ReplicaDatabase database = follow(HOUR)) {
            world.client.between(looks::countDown);
            FutureTask<Boolean> wait = new FutureTask<>(
                    () -> database.waits().awaitTxid(world.primary.txid().next(), HOUR, Cancellation.NEVER));
            Thread.ofPlatform().daemon().start(wait);
            assertThat(looks.await(20, TimeUnit.SECONDS))
                    .as("polls each 100 ms")
                    .isTrue();
            world.write(1);
            assertThat(wait.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void poll(ReplicaDatabase database) {
        try {
            database.poll();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
