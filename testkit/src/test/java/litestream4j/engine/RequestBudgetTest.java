package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.RequestCounts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: following and reading cost the requests that the design states, and no more. */
class RequestBudgetTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.remote();
        world.primary.staysInOneWal();
    }

    @Test
    void openIsOneListingAndOneReadForEachSmallFile() throws Exception {
        world.write(4);
        world.primary.compact(1);
        world.write(2);
        RequestCounts requests = world.open().stats().requests();
        assertThat(requests)
                .extracting(RequestCounts::lists, RequestCounts::reads)
                .containsExactly(1L, 3L);
        assertThat(requests.requests()).isEqualTo(4);
    }

    @Test
    void idlePollIsOneLookForTheNextFile() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 14; i++) {
            world.pollAfter(database, SECOND);
        }
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests.misses()).isEqualTo(14);
        assertThat(requests.requests()).isEqualTo(14);
    }

    @Test
    void idleHourIsALookEachSecondAndAListingEachFifteen() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 3600; i++) {
            world.pollAfter(database, SECOND);
        }
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests.misses()).isEqualTo(3600);
        assertThat(requests.lists()).isEqualTo(240);
        assertThat(requests.requests()).isEqualTo(3840);
    }

    @Test
    void lostViewIsSearchedForOnceASecondHoweverManyPagesAreRead() throws Exception {
        world = EngineWorld.withoutMemory();
        world.write(9);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        world.replica.clear();
        readInVain(database, view);
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 20; i++) {
            readInVain(database, view);
        }
        assertThat(database.stats().requests().since(before).lists()).isZero();
        world.time.advance(SECOND);
        readInVain(database, view);
        assertThat(database.stats().requests().since(before).lists()).isEqualTo(3);
    }

    @Test
    void busyPollIsOneRequestForEachNewFileAndOneMore() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 14; i++) {
            world.write(2);
            world.pollAfter(database, Duration.ofMillis(990));
        }
        world.assertUpToDate(database);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::finds, RequestCounts::misses)
                .containsExactly(28L, 14L);
        assertThat(requests.requests()).isEqualTo(42);
    }

    @Test
    void transactionAfterAPauseCostsAProofThatTheLastOneIsStillThere() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        for (int i = 0; i < 3; i++) {
            world.pollAfter(database, SECOND);
        }
        world.write(2);
        RequestCounts before = database.stats().requests();
        database.poll();
        world.assertUpToDate(database);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::finds, RequestCounts::lists, RequestCounts::reads, RequestCounts::misses)
                .containsExactly(2L, 0L, 1L, 1L);
    }

    @Test
    void busyReplicaIsListedEveryOtherMinute() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 600; i++) {
            world.write(1);
            world.pollAfter(database, Duration.ofMillis(999));
        }
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests.lists()).isEqualTo(5);
        assertThat(requests.requests()).isEqualTo(1205);
    }

    @Test
    void busyReplicaThatFallsSilentIsListedAfterFifteenSeconds() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        for (int i = 0; i < 40; i++) {
            world.write(1);
            world.pollAfter(database, Duration.ofMillis(999));
        }
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 14; i++) {
            world.pollAfter(database, SECOND);
        }
        assertThat(database.stats().requests().since(before).lists()).isZero();
        world.pollAfter(database, SECOND);
        assertThat(database.stats().requests().since(before).lists()).isEqualTo(1);
    }

    @Test
    void nextWalCostsAListingAndAProofThatTheHistoryIsTheSame() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        world.primary.beginWal();
        world.write(1);
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::finds, RequestCounts::lists, RequestCounts::reads, RequestCounts::misses)
                .containsExactly(1L, 1L, 1L, 0L);
    }

    /**
     * The file of 7 is found and does not follow; a listing, the headers of two files that may overwrite others, and a
     * look for the last file; another listing, each file whole, and a look for the last one of these. Four are of both
     * histories, and known: they are read again, since a listing could show some that went.
     */
    @Test
    void replicaThatWentBackCostsTwoListingsAndAReadOfEachFile() throws Exception {
        world.write(6);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        world.primary.fork(new Txid(4));
        world.write(3);
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::finds, RequestCounts::lists, RequestCounts::reads, RequestCounts::misses)
                .containsExactly(1L, 2L, 2L + 1 + 7 + 1, 0L);
    }

    /** The same, but that nothing is found by name: not the file of 7, nor another one in place of 6. */
    @Test
    void replicaThatWasBegunAgainCostsTwoListingsAndAReadOfEachFile() throws Exception {
        world.write(6);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        world.primary.reset(world.primary.pageSize());
        world.write(3);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::finds, RequestCounts::lists, RequestCounts::reads, RequestCounts::misses)
                .containsExactly(0L, 2L, 2L + 1 + 3 + 1, 2L);
    }

    @Test
    void nextWalIsFollowedAtOnceAlsoAfterAnIdleMinute() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        for (int i = 0; i < 60; i++) {
            world.pollAfter(database, SECOND);
        }
        world.primary.beginWal();
        world.write(1);
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
    }

    @Test
    void stalledHourIsListedNoOftenerThanAnIdleOne() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(2);
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(4)));
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 3600; i++) {
            world.pollAfter(database, SECOND);
        }
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests.misses()).isEqualTo(3600);
        assertThat(requests.lists()).isBetween(240L, 245L);
        assertThat(requests.requests()).isLessThan(3600 + 2 * 245);
    }

    @Test
    void damagedNextFileIsReadLessAndLessOften() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(1);
        world.replica.put(Level.L0, LtxFileName.of(new Txid(4)), new byte[2000], world.time.now());
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 3600; i++) {
            world.pollAfter(database, SECOND);
        }
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests.lists()).isBetween(240L, 245L);
        assertThat(requests.requests()).isLessThanOrEqualTo(5 * 245);
        assertThat(database.lag()).isEmpty();
    }

    @Test
    void pagesOfSmallFilesCostNoRequest() throws Exception {
        world.write(5);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        world.assertUpToDate(database);
        assertThat(database.stats().requests().since(before).requests()).isZero();
    }

    @Test
    void pageOfALargeFileIsReadOnce() throws Exception {
        world.writeAFileLargerThan(FileLoader.WHOLE_MAX_BYTES);
        ReplicaDatabase database = world.open();
        assertThat(database.stats().requests().reads()).as("begin, and index").isEqualTo(2);
        RequestCounts before = database.stats().requests();
        database.page(database.newest(), 1, Cancellation.NEVER);
        assertThat(database.stats().requests().since(before).requests())
                .as("the first pages come with the header")
                .isZero();
        long last = database.newest().commit().pages();
        database.page(database.newest(), last, Cancellation.NEVER);
        database.page(database.newest(), last, Cancellation.NEVER);
        assertThat(database.stats().requests().since(before).requests()).isEqualTo(1);
    }

    @Test
    void closedEngineSendsNothing() throws Exception {
        world.write(3);
        Settings often = new Settings(world.settings.replica(), Duration.ofMillis(1), 0, null);
        ReplicaDatabase database = ReplicaDatabase.open(world.client, often, Cancellation.NEVER);
        await().until(() -> database.stats().requests().misses() > 3);
        database.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("litestream-follow")));
        long after = database.stats().requests().requests();
        await().during(Duration.ofMillis(50))
                .until(() -> database.stats().requests().requests() == after);
    }

    private static void readInVain(ReplicaDatabase database, Snapshot view) {
        assertThatThrownBy(() -> database.page(view, 1, Cancellation.NEVER)).isInstanceOf(ViewLostException.class);
    }
}
