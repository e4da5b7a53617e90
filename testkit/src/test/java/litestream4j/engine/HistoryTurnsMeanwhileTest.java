package litestream4j.engine;

import java.io.IOException;
import java.util.Set;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
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
