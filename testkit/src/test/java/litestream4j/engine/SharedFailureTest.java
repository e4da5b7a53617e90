package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: who joins in the last attempt of somebody else's request has all attempts all the same, and one that never ends
 * is in nobody's way. Method: a second reader comes while the request of the first hangs, which then fails for good;
 * after that the store answers again.
 */
@Timeout(60)
class SharedFailureTest {
    private static final int SECOND_READER_FAILS = 2;

    private final EngineWorld world = EngineWorld.remote();
    private final HoldingClient store = new HoldingClient(world.client);
    private final AtomicInteger requests = new AtomicInteger();

    SharedFailureTest() throws Exception {}

    @Test
    void whoCameLateHasAttemptsOfHisOwn() throws Exception {
        world.writeAFileLargerThan(AheadFetcher.WHOLE_MAX_BYTES);
        try (ReplicaDatabase database = world.open(store)) {
            long pgno = database.newest().commit().pages() / 2;
            store.hold(1);
            FutureTask<byte[]> first = begin(() -> database.page(database.newest(), pgno, Cancellation.NEVER));
            await().until(() -> store.held() == 1);
            CountDownLatch waits = new CountDownLatch(1);
            FutureTask<byte[]> second = begin(() -> database.page(database.newest(), pgno, () -> {
                waits.countDown();
                return false;
            }));
            waits.await();

            world.strike(FaultyClient.Fault.UNAVAILABLE);
            world.client.between(() -> {
                if (requests.incrementAndGet() > Calls.ATTEMPTS + SECOND_READER_FAILS) {
                    world.client.end();
                }
            });
            store.release();

            assertThat(catchThrowable(first::get))
                    .hasCauseInstanceOf(ReplicaException.Unavailable.class)
                    .hasMessageContaining("gave up after %d attempts", Calls.ATTEMPTS);
            assertThat(second.get()).isEqualTo(world.primary.image().page(pgno));
            assertThat(requests).hasValue(Calls.ATTEMPTS + SECOND_READER_FAILS + 1);
        }
    }

    /** Whatever became of its request: if there was no memory to say that it failed, nobody could read the page. */
    @Test
    void pageThatDoesNotComeAheadInTimeIsAskedForAnew() throws Exception {
        world.writeAFileLargerThan(AheadFetcher.WHOLE_MAX_BYTES);
        try (ReplicaDatabase database = world.open(store)) {
            Snapshot view = database.newest();
            long pgno = view.commit().pages() / 2;
            store.hold(1);
            database.pages()
                    .fetchAhead(view, new long[] {pgno}, database.pages().askers().new Asker());
            await().until(() -> store.held() == 1);
            CountDownLatch waits = new CountDownLatch(1);
            FutureTask<byte[]> first = begin(() -> database.page(view, pgno, () -> {
                waits.countDown();
                return false;
            }));
            waits.await();
            world.time.advance(Duration.ofMinutes(1));
            assertThat(catchThrowable(first::get)).hasCauseInstanceOf(ReplicaException.Unavailable.class);

            FutureTask<byte[]> second = begin(() -> database.page(view, pgno, Cancellation.NEVER));
            assertThat(second.get(10, TimeUnit.SECONDS))
                    .isEqualTo(world.primary.image().page(pgno));
            store.release();
        }
    }

    private static FutureTask<byte[]> begin(Callable<byte[]> read) {
        FutureTask<byte[]> task = new FutureTask<>(read);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
