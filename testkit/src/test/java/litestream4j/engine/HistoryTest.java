package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: a replica that is begun again, or goes on from an earlier transaction, is never mixed with what it was. */
class HistoryTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void replicaThatWasBegunAgainIsSwitchedToOnce() throws Exception {
        world.write(5);
        ReplicaDatabase database = world.open();
        world.primary.reset(new PageSize(512));
        world.write(7);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        Snapshot switched = database.newest();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest()).isSameAs(switched);
    }

    @Test
    void firstFileOfTheNextHistoryIsWaitedForUntilItIsWhole() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.primary.reset(new PageSize(512));
        world.write(1);
        byte[] whole =
                world.replica.content(Level.L0, LtxFileName.of(new Txid(1))).orElseThrow();
        world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), Arrays.copyOf(whole, 150), world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), whole, world.time.now());
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
    }

    @Test
    void emptiedReplicaKeepsTheViewUntilThereIsAnotherOne() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.primary.reset(new PageSize(512));
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        assertThat(database.lag()).as("an unreadable replica was not reached").isEmpty();
        world.write(1);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
    }

    @Test
    void databaseWithAnotherPageSizeIsSwitchedTo() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.primary.reset(new PageSize(4096));
        world.write(5);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        long hits = database.stats().hits();
        database.page(database.newest(), 1, Cancellation.NEVER);
        database.page(database.newest(), 1, Cancellation.NEVER);
        assertThat(database.stats().hits()).isGreaterThan(hits);
    }

    @Test
    void transactionOutlivesTheSwitchToAnotherPageSize() throws Exception {
        world = EngineWorld.remote();
        world.write(3);
        ReplicaDatabase database = world.open();
        Snapshot old = database.newest();
        world.primary.reset(new PageSize(4096));
        world.write(5);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.assertExact(database, old);
    }

    @Test
    void mergedFileOfAnotherHistoryDoesNotExtendTheView() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.fork(new Txid(5));
        world.write(7);
        world.primary.compact(1);
        for (long txid = 1; txid < 12; txid++) {
            world.replica.delete(Level.L0, LtxFileName.of(new Txid(txid)));
        }
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void nextFileByNameDoesNotExtendTheViewIfItIsOfAnotherHistory() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.fork(new Txid(5));
        world.write(4);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
    }

    @Test
    void viewOfTheOldHistoryIsLostAndNotFilledWithTheNewOne() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot old = database.newest();
        world.primary.fork(new Txid(2));
        world.write(6);
        assertThatThrownBy(() -> world.assertExact(database, old))
                .isInstanceOf(ViewLostException.class)
                .hasMessageContaining("0000000000000008");
        world.pollAfter(database, Duration.ZERO);
        world.assertUpToDate(database);
    }

    @Test
    void snapshotOfAnotherHistoryDoesNotFillAnOldView() throws Exception {
        world.primary.pagesMax(1); // So that not even the sizes differ.
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot old = database.newest();
        world.primary.fork(new Txid(2));
        world.write(6);
        world.primary.snapshot();
        for (LtxFile file : world.replica.list(Level.L0, Txid.NONE)) {
            world.replica.delete(Level.L0, file.name());
        }
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
    }

    @Test
    void deletedFilesAreReplacedByMergedOnesUnnoticed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        world.primary.compact(1);
        world.write(1);
        for (long txid = 1; txid <= 8; txid++) {
            world.replica.delete(Level.L0, LtxFileName.of(new Txid(txid)));
        }
        world.assertExact(database, view);
    }

    @Test
    void deletedFileIsAvoidedAlsoIfItIsListedStill() throws Exception {
        world.write(4);
        world.primary.snapshot();
        world.write(2);
        ReplicaDatabase database = world.open();
        world.replica.delete(Level.SNAPSHOT, new LtxFileName(new Txid(1), new Txid(4)));
        world.strike(Fault.STALE_LISTING);
        world.assertExact(database, database.newest());
    }

    /** The same content again: another version, and so another file, but the same state. */
    @Test
    void filesThatAreUploadedAgainServeTheirViewUnnoticed() throws Exception {
        world.write(4);
        world.primary.snapshot();
        world.write(4);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        for (LtxFile file : world.client.listAll()) {
            byte[] content = world.replica.content(file.level(), file.name()).orElseThrow();
            world.replica.put(file.level(), file.name(), content, world.time.now());
        }
        world.assertExact(database, view);
    }

    @Test
    void snapshotThatIsWrittenAnewServesTheViewUnnoticed() throws Exception {
        world.write(4);
        world.primary.snapshot();
        world.write(2);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        world.time.advance(Duration.ofSeconds(5));
        for (LtxFile file : world.client.listAll()) {
            if (file.level().isSnapshot() || file.max().value() <= 4) {
                world.replica.delete(file.level(), file.name());
            }
        }
        world.primary.snapshot();
        world.assertExact(database, view);
    }

    @Test
    void transactionOutlivesEveryMergeAndEveryDeletionThatLeavesItsState() throws Exception {
        for (int level = 1; level <= 8; level++) {
            beginWorld();
            world.write(5);
            ReplicaDatabase database = world.open();
            Snapshot view = database.newest();
            for (int step = 1; step <= level; step++) {
                world.primary.compact(step);
                for (LtxFile file : world.replica.list(new Level(step - 1), Txid.NONE)) {
                    world.replica.delete(file.level(), file.name());
                }
                world.assertExact(database, view);
                world.write(1);
            }
        }
    }

    @Test
    void deletedFilesAreReplacedByASnapshotWhileTheHistoryGoesOn() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        world.primary.snapshot();
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        for (long txid = 1; txid <= 8; txid++) {
            world.replica.delete(Level.L0, LtxFileName.of(new Txid(txid)));
        }
        world.assertExact(database, view);
    }

    @Test
    void listingThatSawTwoHistoriesIsNotBelieved() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Instant future = world.time.now().plusSeconds(10);
        // After level 0 was listed, and before level 1 is.
        world.onRequest(2, () -> {
            world.primary.reset(new PageSize(512));
            world.write(3);
            world.primary.compact(1);
        });
        Snapshot view = database.at(new Target.Before(future), Cancellation.NEVER);
        world.assertExact(database, view);
    }

    @Test
    void listingThatSawTwoHistoriesDoesNotExtendTheView() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        // The poll looks for the next file, lists level 0, and then level 1.
        world.onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(7);
            world.primary.compact(1);
        });
        database.poll();
        world.assertUpToDate(database);
    }

    /** It was read before the listing was made, so it may be gone before the next transactions are listed. */
    @Test
    void listingThatSawTwoHistoriesDoesNotGoOnFromAFileFoundByName() throws Exception {
        for (int request = 1; request <= 14; request++) {
            world = EngineWorld.remote(); // What was read is kept, and is right also if it is gone.
            world.write(3);
            world.primary.snapshot();
            deleteLevel0();
            ReplicaDatabase database = world.open();
            world.write(1);
            world.onRequest(request, () -> {
                world.primary.fork(new Txid(3));
                world.write(1);
                world.primary.snapshot();
                deleteLevel0();
                world.write(3);
                world.primary.compact(1);
            });
            database.poll();
            world.assertExact(database, database.newest());
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    private void deleteLevel0() {
        world.replica.list(Level.L0, Txid.NONE).forEach(file -> world.replica.delete(file.level(), file.name()));
    }

    @Test
    void oldListingOfAnotherHistoryIsNotFollowed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.fork(new Txid(2));
        world.write(1);
        world.pollAfter(database, Duration.ofSeconds(2));
        world.assertUpToDate(database);
        world.strike(Fault.STALE_LISTING);
        world.pollAfter(database, Duration.ofSeconds(2));
        world.assertUpToDate(database);
    }

    /** The files of the old history are known still, so that taking them again needs no read that would fail. */
    @Test
    void oldListingDoesNotLeadBackIntoTheHistoryThatWasLeft() throws Exception {
        world.primary.staysInOneWal();
        world.write(5);
        ReplicaDatabase database = world.open();
        world.pollAfter(database, Duration.ofSeconds(2));
        world.write(2);
        world.pollAfter(database, Duration.ofSeconds(1));
        assertThat(database.newest().txid()).isEqualTo(new Txid(7));
        world.primary.fork(new Txid(1));
        world.strike(Fault.STALE_LISTING);
        // The look for the next file, an old listing, and a look for the last file, which is gone: then a new one.
        world.onRequest(13, world.client::end);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
        world.strike(Fault.STALE_LISTING);
        world.pollAfter(database, Duration.ofSeconds(2));
        world.assertUpToDate(database);
    }

    @Test
    void oldListingIsNoReasonToGoBack() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(2);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.strike(Fault.STALE_LISTING);
        for (int i = 0; i < 2; i++) {
            world.pollAfter(database, Duration.ofSeconds(2));
            assertThat(database.newest().txid()).isEqualTo(new Txid(5));
        }
    }

    @Test
    void lostViewOfThePastIsLookedForAgainByTheNextTransaction() throws Exception {
        world.write(4);
        ReplicaDatabase database = world.open();
        world.time.advance(Duration.ofSeconds(10));
        Reader reader = world.reader(database);
        reader.lookAt(new Target.Before(world.time.now()));
        reader.begin();
        world.primary.fork(new Txid(2));
        assertThatThrownBy(() -> readAll(reader)).isInstanceOf(ViewLostException.class);
        reader.end();
        reader.begin();
        assertThat(reader.view().txid()).isEqualTo(new Txid(2));
        readAll(reader);
    }

    @Test
    void transactionAfterALostViewWaitsForAnotherOne() throws Exception {
        world.write(4);
        ReplicaDatabase database = world.open();
        Reader reader = world.reader(database);
        reader.begin();
        world.primary.fork(new Txid(2));
        world.write(1);
        assertThatThrownBy(() -> readAll(reader)).isInstanceOf(ViewLostException.class);
        reader.end();
        world.time.meanwhile(() -> poll(database));
        reader.begin();
        assertThat(reader.view().txid()).isEqualTo(new Txid(3));
        readAll(reader);
    }

    private static void poll(ReplicaDatabase database) {
        try {
            database.poll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readAll(Reader reader) throws IOException {
        for (long pgno = 1; pgno <= reader.view().commit().pages(); pgno++) {
            reader.page(reader.view(), pgno);
        }
    }
}
