package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Goal: requests side by side each have a thread, and leave none behind. */
class IoThreadsTest {
    private static final int BURST = 256;

    @Test
    void burstHasAThreadForEachCallAndLeavesNone() throws InterruptedException {
        ThreadPoolExecutor pool = IoThreads.pool(Duration.ofMillis(1));
        CountDownLatch running = new CountDownLatch(BURST);
        CountDownLatch answered = new CountDownLatch(1);
        for (int i = 0; i < BURST; i++) {
            pool.execute(() -> {
                running.countDown();
                try {
                    answered.await();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertThat(running.await(30, TimeUnit.SECONDS)).as("all run at a time").isTrue();
        assertThat(pool.getPoolSize()).isEqualTo(BURST);
        answered.countDown();
        await().untilAsserted(() -> assertThat(pool.getPoolSize()).isZero());
    }

    /** A pool of the JDK starts its threads past {@link Thread#start}. */
    @Test
    void threadsAreStartedAsTheHostWantsIt() throws Exception {
        ThreadLocal<Boolean> isStarting = ThreadLocal.withInitial(() -> false);
        ThreadPoolExecutor pool = IoThreads.pool(Duration.ofMillis(1));
        ThreadFactory makes = pool.getThreadFactory();
        List<Boolean> made = new CopyOnWriteArrayList<>();
        pool.setThreadFactory(work -> {
            made.add(isStarting.get());
            return makes.newThread(work);
        });
        EngineThread.startBy(start -> {
            isStarting.set(true);
            try {
                start.run();
            } finally {
                isStarting.set(false);
            }
        });
        try {
            pool.execute(() -> {});
            pool.submit(() -> null).get();
        } finally {
            EngineThread.startBy(Runnable::run);
        }
        assertThat(made).isNotEmpty().containsOnly(true);
    }

    @Test
    void enginesKeepNoThreadForLong() {
        assertThat(Calls.THREADS.getCorePoolSize()).isZero();
        assertThat(Calls.THREADS.getKeepAliveTime(TimeUnit.MILLISECONDS)).isBetween(1L, 10_000L);
    }
}
