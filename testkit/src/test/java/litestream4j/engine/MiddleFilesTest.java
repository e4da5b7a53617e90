package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files of middle size: too large to be read when they are found, and worth to be read whole by a scan. */
@Timeout(60)
class MiddleFilesTest {
    /** Far from each other, and from the first pages, which come with the header. */
    private static final long[] PAGES = {300, 600, 900};

    private static final long[] OTHERS = {400, 700, 1000};

    /** With little room, files push each other out: to read them whole each time would cost more than their parts. */
    @Test
    void aFileComesWholeOnceAndInPartsIfThereWasNoRoomToKeepIt() throws Exception {
        EngineWorld world = EngineWorld.remote();
        world.primary.pagesMax(1800);
        long size;
        do {
            world.primary.reset(world.primary.pageSize());
            world.write(1);
            size = world.replica.listAll().getFirst().size();
        } while (size < 600 * 1024 || size > AheadFetcher.WHOLE_MAX_BYTES);
        Settings settings = new Settings(
                world.settings.replica(),
                world.settings.pollInterval(),
                Settings.CACHE_BYTES,
                size,
                Duration.ofSeconds(3),
                null,
                false,
                true);
        ReplicaDatabase database = ReplicaDatabase.open(world.client, settings, Cancellation.NEVER, world.time);
        Snapshot view = database.newest();
        long file = size;

        assertThat(requestsFor(database, view, PAGES)).isEqualTo(1);
        assertThat(database.stats().heldBytes()).isEqualTo(file);
        assertThat(requestsFor(database, view, OTHERS)).isZero();

        await("another file takes the room").until(() -> {
            world.write(1);
            world.pollAfter(database, Duration.ofSeconds(1));
            return database.stats().heldBytes() < file;
        });
        assertThat(requestsFor(database, view, new long[] {350, 650, 950})).isEqualTo(3);
    }

    private static long requestsFor(ReplicaDatabase database, Snapshot view, long[] pages) throws Exception {
        long before = database.stats().requests().reads();
        database.pages().fetchAhead(view, pages, database.pages().askers().new Asker());
        for (long pgno : pages) {
            database.page(view, pgno, Cancellation.NEVER);
        }
        return database.stats().requests().reads() - before;
    }
}
