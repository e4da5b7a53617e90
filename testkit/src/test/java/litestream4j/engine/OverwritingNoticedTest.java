package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a history that overwrites another one is noticed once, and for good, whatever comes damaged, late, at the same
 * time, or in the wrong order.
 */
class OverwritingNoticedTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void overwritingFileThatCameDamagedOnceIsLookedIntoAgain() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(1);
        int[] requests = {0};
        world.client.between(() -> {
            world.client.end();
            requests[0]++;
            // After the look for the next file, and ten levels; a bad header is read twice.
            if (requests[0] == 12 || requests[0] == 13) {
                world.strike(Fault.WRONG_RANGE);
            }
        });
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.client.between(world.client::end);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void overwritingFileIsSwitchedToWhenItIsWhole() throws Exception {
        for (int length : new int[] {0, 50, 120, 150, 200}) {
            beginWorld();
            world.write(8);
            ReplicaDatabase database = world.open();
            world.primary.forkOver(new Txid(5));
            world.write(1);
            LtxFileName name = LtxFileName.of(new Txid(6));
            byte[] whole = world.replica.content(Level.L0, name).orElseThrow();
            world.replica.put(Level.L0, name, Arrays.copyOf(whole, length), world.time.now());
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.replica.put(Level.L0, name, whole, world.time.now());
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    @Test
    void oldListingDoesNotMakeTheOldHistoryForgotten() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.write(1); // Not in the listing above, which comes again below.
        world.primary.forkOver(new Txid(5));
        world.write(3);
        world.pollAfter(database, Duration.ofSeconds(2));
        assertThat(database.newest().txid()).isEqualTo(new Txid(8));
        world.assertExact(database, database.newest());
        world.strike(Fault.STALE_LISTING);
        world.pollAfter(database, Duration.ofSeconds(2));
        world.client.end();
        world.pollAfter(database, Duration.ofSeconds(2));
        world.assertUpToDate(database);
    }

    @Test
    void transactionsTakenByNameSinceTheLastListingAreNotMixed() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        assertTransactionsSinceTheLastListingAreNotMixed(database);
    }

    @Test
    void transactionsTakenFromTheLastListingAreNotMixed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.beginWal(); // So that a listing has to tell.
        assertTransactionsSinceTheLastListingAreNotMixed(database);
    }

    private void assertTransactionsSinceTheLastListingAreNotMixed(ReplicaDatabase database) throws IOException {
        world.write(1);
        rewrite(1, world.primary.image().commit().pages());
        rewrite(1, 1);
        rewrite(1, 1);
        world.pollAfter(database, SECOND);
        Snapshot old = database.newest();
        assertThat(old.txid()).isEqualTo(new Txid(12));
        world.primary.forkOver(new Txid(9));
        rewrite(1, world.primary.image().commit().pages());
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        assertThatThrownBy(() -> database.at(new Target.AtTxid(new Txid(11)), Cancellation.NEVER))
                .isInstanceOf(PlanException.class);
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
    }

    /** The snapshot that the view came by is gone, and the transaction before its last one was never on level 0. */
    @Test
    void transactionsThatCameWithASnapshotSinceTheLastListingAreNotMixed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        bridgeGapBySnapshot();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(10));
        world.primary.forkOver(new Txid(8));
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** Its name is there on level 0 still, with the old transaction: that is no sign of an old listing. */
    @Test
    void viewThatCameWithASnapshotIsLeftAlsoIfItsLastTransactionIsThereStill() throws Exception {
        world.write(8);
        bridgeGapBySnapshot();
        ReplicaDatabase database = world.open();
        assertThat(database.newest().txid()).isEqualTo(new Txid(10));
        world.primary.forkOver(new Txid(5));
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    private void bridgeGapBySnapshot() {
        world.write(2);
        world.primary.snapshot();
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(9)));
    }

    @Test
    void transactionsSinceTheViewWasPlannedAnewAreNotMixed() throws Exception {
        world.primary.staysInOneWal();
        world.write(4);
        world.primary.snapshot();
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(4)));
        ReplicaDatabase database = world.open();
        world.primary.snapshot(); // The file that the view ends with is another one now.
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.write(2);
        world.pollAfter(database, SECOND);
        assertThat(database.newest().txid()).isEqualTo(new Txid(7));
        world.primary.forkOver(new Txid(5));
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void overwritingFileThatCannotBeLookedIntoIsNotMixedWithTheOldHistory() throws Exception {
        world.write(12);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(9));
        world.write(1);
        int[] requests = {0};
        world.client.between(() -> {
            world.client.end();
            requests[0]++;
            // After ten levels; and what comes damaged is whole when it is to be loaded.
            if (requests[0] == 11 || requests[0] == 12) {
                world.strike(Fault.WRONG_RANGE);
            }
        });
        assertThatThrownBy(() -> database.at(new Target.AtTxid(new Txid(11)), Cancellation.NEVER))
                .isInstanceOf(PlanException.class);
    }

    private void rewrite(long from, long to) {
        world.time.sleep(1);
        world.primary.rewrite((int) from, (int) to);
    }

    /** While a listing for the past was on its way the follower went on, and listed as well. */
    @Test
    void listingThatIsLookedAtLateDoesNotPutTheClockBack() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        boolean[] done = {false};
        world.client.between(() -> {
            if (!done[0]) {
                done[0] = true;
                world.write(2);
                poll(database);
            }
        });
        world.time.advance(EngineWorld.LIST_INTERVAL);
        Snapshot past = database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER);
        world.assertExact(database, past);
        assertThat(database.newest().txid()).isEqualTo(new Txid(10));
        world.primary.forkOver(new Txid(8));
        world.write(1);
        assertThatThrownBy(() -> database.at(new Target.AtTxid(new Txid(10)), Cancellation.NEVER))
                .isInstanceOf(PlanException.class);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** What the first look found would be judged by what it was before the other ones ended. */
    @Test
    void looksAtTheSameTimeDoNotTakeTheNewHistoryForTheOldOne() throws Exception {
        world.write(8);
        HoldingClient client = new HoldingClient(world.client);
        ReplicaDatabase database = world.open(client);
        world.primary.forkOver(new Txid(5));
        world.write(2);
        client.hold(1, file -> file.level().equals(Level.L0) && file.max().value() == 6);
        Thread past = Thread.ofPlatform().start(() -> travel(database));
        await().until(() -> client.held() == 1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread polls = Thread.ofPlatform().start(() -> {
            try {
                world.pollAfter(database, EngineWorld.LIST_INTERVAL);
                world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        await().until(() -> polls.getState() == Thread.State.WAITING || !polls.isAlive());
        client.release();
        past.join();
        polls.join();
        assertThat(failure.get()).isNull();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    private static void travel(ReplicaDatabase database) {
        try {
            database.at(new Target.AtTxid(new Txid(3)), Cancellation.NEVER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void poll(ReplicaDatabase database) {
        try {
            database.poll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void fileThatGoesBeforeItIsLookedIntoCostsAnotherListingAndNoFailure() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(1);
        // After the look for the next file, and ten levels.
        Runnable goes = () -> world.replica.delete(Level.L0, LtxFileName.of(new Txid(6)));
        world.onRequest(12, goes);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.lag()).contains(Duration.ofMillis(0));
        assertThat(database.stats().requests().lists()).isEqualTo(3);
    }
}
