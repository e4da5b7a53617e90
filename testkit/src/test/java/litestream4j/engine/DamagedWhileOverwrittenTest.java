package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: files that come damaged when a history is just being overwritten are told apart all the same later. */
class DamagedWhileOverwrittenTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void snapshotOfTheNewHistoryThatCameDamagedOnceIsNotLeftOutForEver() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        world.onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.snapshot();
        });
        database.poll();
        pollWithoutTheMergedFile(database, () -> {});
        world.deleteFromLevel0(1, 5);
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(world.open());
        world.assertExact(database, database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER));
    }

    @Test
    void snapshotOfTheOldHistoryThatCameDamagedOnceIsLeftOut() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(1);
        world.primary.snapshot();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.primary.forkOverAll(new Txid(5));
        world.time.advance(Duration.ofSeconds(1));
        world.write(1);
        pollWithoutTheMergedFile(database, () -> {});
        world.assertUpToDate(database);
        world.assertGoesOn(database);
    }

    @Test
    void mergedFileThatCameDamagedOnceIsUsedAlsoIfItsTransactionsAreGone() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.fork(new Txid(5));
        world.write(3);
        world.primary.compact(1);
        world.write(1);
        pollWithoutTheMergedFile(database, () -> world.deleteFromLevel0(1, 8));
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** Polls, and what has to be looked into after the file that overwrites another one comes damaged. */
    private void pollWithoutTheMergedFile(ReplicaDatabase database, Runnable meanwhile) throws IOException {
        // The look for the next file, ten levels, and the overwriting file; a bad header is read twice.
        int before = 12;
        int[] requests = {0};
        world.client.between(() -> {
            world.client.end();
            requests[0]++;
            if (requests[0] > before && requests[0] <= before + 2) {
                world.strike(Fault.WRONG_RANGE);
            } else if (requests[0] == before + 3) {
                meanwhile.run();
            }
        });
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.client.between(world.client::end);
    }
}
