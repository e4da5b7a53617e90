package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: what is left of a history that another one overwrites is in no view, whatever it is and whenever seen. */
class OldFilesLeftOutTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void newestFilesOfTheOldHistoryThatWereNeverSeenAreNotMixedWithTheNewOne() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3); // Nobody polls before the primary goes back.
        world.primary.forkOver(new Txid(5));
        world.write(1);
        world.assertGoesOn(database);
    }

    @Test
    void snapshotOfTheOldHistoryThatWasSeenLastIsLeftOut() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(1);
        world.primary.snapshot();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.primary.forkOverAll(new Txid(5));
        world.time.advance(Duration.ofSeconds(1));
        world.assertGoesOn(database);
    }

    @Test
    void snapshotThatWasSeenLongBeforeIsLeftOutWhateverItsTime() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.jump(Duration.ofHours(1));
        world.primary.snapshot();
        world.time.jump(Duration.ofHours(-1));
        for (int i = 0; i < 20; i++) {
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        }
        world.primary.forkOverAll(new Txid(5));
        world.assertGoesOn(database);
    }

    @Test
    void transactionsOfEveryWalOfTheOldHistoryAreLeftOut() throws Exception {
        world.primary.staysInOneWal();
        world.write(7);
        world.primary.beginWal();
        world.write(1);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.assertGoesOn(database);
    }

    @Test
    void mergedFileOfTheOldHistoryThatWasNeverSeenIsLeftOut() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.compact(1);
        world.primary.forkOverAll(new Txid(5));
        world.assertGoesOn(database);
    }

    @Test
    void transactionsOfTheOldWalThatWereNeverSeenAreLeftOut() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3); // Nobody polls before 9 is overwritten too.
        world.primary.forkOver(new Txid(5));
        world.write(3);
        world.assertGoesOn(database);
    }

    @Test
    void snapshotOfTheOldHistoryThatWasNeverSeenIsLeftOut() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3);
        world.primary.snapshot();
        world.time.advance(Duration.ofSeconds(1));
        world.primary.forkOverAll(new Txid(5));
        world.write(3);
        world.assertGoesOn(database);
    }

    @Test
    void mergedFileOfTheOldHistoryThatWasNeverSeenIsLeftOutAlsoIfItsTransactionsAreGone() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3);
        world.primary.compact(1);
        world.deleteFromLevel0(9, 11);
        world.primary.forkOverAll(new Txid(5));
        world.write(3);
        world.assertGoesOn(database);
    }

    @Test
    void transactionsOfAnotherOldWalThatWereNeverSeenAreLeftOut() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.beginWal();
        world.write(3);
        world.primary.forkOver(new Txid(5));
        world.write(3);
        world.assertGoesOn(database);
    }
}
