package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Goal: a page that many want is fetched once, also for one who looked for it in the cache just before it came there,
 * and among those on their way just after. Method: threads go through the same pages at the same time, from a store
 * that answers at once, so that pages come while others look for them.
 */
class DemandedTogetherTest {
    private static final int READERS = 8;
    private static final int ROUNDS = 8;

    private final EngineWorld world = EngineWorld.remote();

    DemandedTogetherTest() throws IOException {}

    @Test
    void pagesAreFetchedOnce() throws Exception {
        world.writeAFileLargerThan(AheadFetcher.WHOLE_MAX_BYTES);
        try (ReplicaDatabase database = world.open(world.replica);
                ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            long alone = requests(database, threads, 1);
            for (int round = 0; round < ROUNDS; round++) {
                database.dropPages();
                assertThat(requests(database, threads, READERS)).isEqualTo(alone);
            }
        }
    }

    private static long requests(ReplicaDatabase database, ExecutorService threads, int readers) throws Exception {
        long before = database.stats().requests().reads();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            all.add(threads.submit((Callable<?>) () -> readAll(database)));
        }
        for (Future<?> one : all) {
            one.get();
        }
        return database.stats().requests().reads() - before;
    }

    private static Snapshot readAll(ReplicaDatabase database) throws IOException {
        Snapshot view = database.newest();
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            byte[] page = database.page(view, pgno, Cancellation.NEVER);
            assertThat(page).hasSize(view.pageSize().bytes());
        }
        return view;
    }
}
