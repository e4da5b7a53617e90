package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: files of a history that overwrites another one are not taken for old ones, whenever seen and made. */
class NewFilesTakenTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    /** A listing of the old transactions on level 0 may show on level 1 what the new ones were merged into. */
    @Test
    void mergedFileThatWasSeenBeforeTheTransactionsInItIsOfTheNewHistory() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        // The poll looks for the next file, lists level 0, and then level 1.
        world.onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.compact(1);
            world.deleteFromLevel0(1, 5);
        });
        database.poll();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.deleteFromLevel0(6, 7);
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        Snapshot past = database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER);
        world.assertExact(database, past);
        world.assertUpToDate(world.open());
    }

    @Test
    void snapshotThatWasSeenBeforeTheTransactionsInItIsOfTheNewHistory() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        world.onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.snapshot();
            world.deleteFromLevel0(1, 5);
        });
        database.poll();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(8));
        world.assertExact(database, database.newest());
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void mergedFileOfTheNewHistoryIsNotJudgedByTheTransactionThatItsLastOneOverwrites() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(1);
        world.time.advance(EngineWorld.LIST_INTERVAL);
        // The poll looks for the next file, lists level 0 with the old 8, and then level 1.
        world.onRequest(3, () -> {
            world.write(2);
            world.primary.compact(1);
        });
        database.poll();
        world.deleteFromLevel0(1, 7);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.assertUpToDate(world.open());
        world.assertExact(database, database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER));
    }

    @Test
    void transactionsOfTheNewHistoryAreTakenAlsoIfItGoesOnInTheOldWal() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOverInSameWal(new Txid(5));
        world.write(5);
        world.assertGoesOn(database);
    }

    @Test
    void transactionsOfTheNewHistoryAreTakenAlsoIfItsClockIsSetBack() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.time.advance(Duration.ofSeconds(1));
        world.write(3);
        world.time.jump(Duration.ofMinutes(-1));
        world.write(1);
        world.primary.beginWal();
        world.write(1);
        world.assertGoesOn(database);
    }

    @Test
    void snapshotThatComesAfterTheNewHistoryWasNoticedIsTakenAlsoIfItsClockIsSetBack() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.deleteFromLevel0(1, 3);
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.write(1);
        world.time.jump(Duration.ofMinutes(-1));
        world.primary.snapshot();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(7));
        world.assertExact(database, database.newest());
    }

    /** Such a transaction may be one of the old history, for all that the files tell: nothing is mixed until then. */
    @Test
    void transactionThatIsLeftOutForItsClockIsTakenAsSoonAsItIsMerged() throws Exception {
        ReplicaDatabase database = withTransactionLeftOut();
        world.primary.compact(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void transactionThatIsLeftOutForItsClockIsInTheNextSnapshot() throws Exception {
        ReplicaDatabase database = withTransactionLeftOut();
        world.primary.snapshot();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(world.primary.txid());
        world.assertExact(database, database.newest());
    }

    /** The primary begins again twice, the second time with a clock that is behind what it stamped before. */
    private ReplicaDatabase withTransactionLeftOut() throws IOException {
        world.write(6);
        ReplicaDatabase database = world.open();
        world.time.advance(Duration.ofMinutes(2));
        world.primary.forkOver(new Txid(5));
        world.write(1);
        world.time.jump(Duration.ofMinutes(-1));
        world.primary.fork(new Txid(6));
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(6));
        world.assertExact(database, database.newest());
        world.time.advance(Duration.ofMinutes(1));
        return database;
    }
}
