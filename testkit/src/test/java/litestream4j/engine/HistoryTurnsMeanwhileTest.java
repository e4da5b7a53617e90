package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Set;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: what the primary does in the middle of a listing, or just before the next one, neither mixes two histories in a
 * view nor ends the following of the new one.
 */
class HistoryTurnsMeanwhileTest {
    /** The look for the next file comes before. */
    private static final int LISTING_OF_LEVEL_1 = 3;

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    /** They were never seen, as those of a new history are. */
    @Test
    void transactionsThatCameWhileTheirSnapshotWasListedAreOfTheHistoryThatIsOverwritten() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.onRequest(LISTING_OF_LEVEL_1, () -> {
            world.write(2);
            world.primary.snapshot();
        });
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.primary.forkOver(new Txid(6));
        world.write(3);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** The listing before was made while the old history was followed, and showed the new one. */
    @Test
    void historyThatWasJustTurnedToIsNotTakenForTheOldOne() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.reset(world.primary.pageSize());
        world.write(4);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        uploadAgain(3);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** It was known, so that nobody read it again, and an old listing was no reason to miss it. */
    @Test
    void fileThatIsListedStillAndKnownFromBeforeIsInNoViewOfTheNewHistory() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        world.onRequest(LISTING_OF_LEVEL_1, () -> {
            world.primary.fork(new Txid(5));
            world.write(2);
            world.primary.snapshot();
            world.write(1);
            world.primary.compact(1);
            world.write(2);
            world.primary.compact(1);
            world.replica.delete(new Level(1), new LtxFileName(new Txid(1), new Txid(8)));
            world.deleteFromLevel0(1, 7);
            world.deleteFromLevel0(9, 10);
            world.strike(Fault.STALE_LISTING); // All that follow show the old 8, between files of the new history.
        });
        assertThatThrownBy(database::poll).isInstanceOf(ReplicaException.NotFound.class);
        assertThat(database.newest().txid()).isEqualTo(new Txid(8));
        world.client.end();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** When it could be looked into at last, another file had told already that the history is overwritten. */
    @Test
    void overwritingFileThatCameDamagedTwiceIsNotTakenForAnOldOne() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(3);
        // After the look for the next file and ten levels 6 comes damaged, and 8 each time; then the last file is
        // looked for, and after ten levels 8 comes damaged again. A bad header is read twice.
        Set<Integer> damaged = Set.of(12, 13, 15, 16, 17, 18, 30, 31);
        int[] requests = {0};
        world.client.between(() -> {
            world.client.end();
            if (damaged.contains(++requests[0])) {
                world.strike(Fault.WRONG_RANGE);
            }
        });
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    private void uploadAgain(long txid) {
        LtxFileName name = LtxFileName.of(new Txid(txid));
        byte[] content = world.replica.content(Level.L0, name).orElseThrow();
        world.replica.put(Level.L0, name, content, world.time.now());
    }
}
