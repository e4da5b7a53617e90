package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.testkit.FaultyClient.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: a history that overwrites another one file by file is followed, and never mixed with the old one. */
class OverwrittenHistoryTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void historyThatOverwritesTheOldOneFileByFileIsSwitchedTo() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid())
                .as("7 is new, 8 is of the old history")
                .isEqualTo(new Txid(7));
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
        for (int i = 0; i < 3; i++) {
            world.write(1);
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    @Test
    void viewWhoseFilesAreOverwrittenIsLostAndNotMixed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot old = database.newest();
        world.primary.forkOver(new Txid(5));
        world.primary.rewrite();
        assertThat(world.primary.txid()).isEqualTo(new Txid(6));
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
    }

    @Test
    void oldFileThatWasFoundByNameIsNotMixedWithTheNewHistory() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(2);
        world.pollAfter(database, Duration.ofSeconds(1));
        assertThat(database.newest().txid()).isEqualTo(new Txid(10));
        world.primary.forkOver(new Txid(5));
        world.write(4);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(9));
        world.assertUpToDate(database);
    }

    @Test
    void newestFilesOfTheOldHistoryThatWereNeverSeenAreNotMixedWithTheNewOne() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3); // Nobody polls before the primary goes back.
        world.primary.forkOver(new Txid(5));
        world.write(1);
        assertGoesOnInTheNewHistory(database);
    }

    /** A listing of the old transactions on level 0 may show on level 1 what the new ones were merged into. */
    @Test
    void mergedFileThatWasSeenBeforeTheTransactionsInItIsOfTheNewHistory() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        // The poll looks for the next file, lists level 0, and then level 1.
        world.client.between(onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.compact(1);
            deleteFromLevel0(1, 5);
        }));
        database.poll();
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        deleteFromLevel0(6, 7);
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
        world.client.between(onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.snapshot();
            deleteFromLevel0(1, 5);
        }));
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
        world.client.between(onRequest(3, () -> {
            world.write(2);
            world.primary.compact(1);
        }));
        database.poll();
        deleteFromLevel0(1, 7);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        world.assertUpToDate(world.open());
        world.assertExact(database, database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER));
    }

    @Test
    void snapshotOfTheNewHistoryThatCameDamagedOnceIsNotLeftOutForEver() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.time.advance(EngineWorld.LIST_INTERVAL);
        world.client.between(onRequest(3, () -> {
            world.primary.fork(new Txid(5));
            world.write(3);
            world.primary.snapshot();
        }));
        database.poll();
        pollWithoutTheMergedFile(database, () -> {});
        deleteFromLevel0(1, 5);
        world.write(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(world.open());
        world.assertExact(database, database.at(new Target.AtTxid(new Txid(8)), Cancellation.NEVER));
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
        assertGoesOnInTheNewHistory(database);
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
        assertGoesOnInTheNewHistory(database);
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

    @Test
    void mergedFileThatCameDamagedOnceIsUsedAlsoIfItsTransactionsAreGone() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.fork(new Txid(5));
        world.write(3);
        world.primary.compact(1);
        world.write(1);
        pollWithoutTheMergedFile(database, () -> deleteFromLevel0(1, 8));
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
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
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void transactionsOfEveryWalOfTheOldHistoryAreLeftOut() throws Exception {
        world.primary.staysInOneWal();
        world.write(7);
        world.primary.beginWal();
        world.write(1);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void mergedFileOfTheOldHistoryThatWasNeverSeenIsLeftOut() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.compact(1);
        world.primary.forkOverAll(new Txid(5));
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void transactionsOfTheOldWalThatWereNeverSeenAreLeftOut() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3); // Nobody polls before 9 is overwritten too.
        world.primary.forkOver(new Txid(5));
        world.write(3);
        assertGoesOnInTheNewHistory(database);
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
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void mergedFileOfTheOldHistoryThatWasNeverSeenIsLeftOutAlsoIfItsTransactionsAreGone() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(3);
        world.primary.compact(1);
        deleteFromLevel0(9, 11);
        world.primary.forkOverAll(new Txid(5));
        world.write(3);
        assertGoesOnInTheNewHistory(database);
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
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void transactionsOfTheNewHistoryAreTakenAlsoIfItGoesOnInTheOldWal() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOverInSameWal(new Txid(5));
        world.write(5);
        assertGoesOnInTheNewHistory(database);
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
        assertGoesOnInTheNewHistory(database);
    }

    @Test
    void snapshotThatComesAfterTheNewHistoryWasNoticedIsTakenAlsoIfItsClockIsSetBack() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        deleteFromLevel0(1, 3);
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

    private void assertGoesOnInTheNewHistory(ReplicaDatabase database) throws IOException {
        for (int i = 0; i < 6; i++) {
            world.write(1);
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    private void deleteFromLevel0(long from, long to) {
        for (long txid = from; txid <= to; txid++) {
            world.replica.delete(Level.L0, LtxFileName.of(new Txid(txid)));
        }
    }

    static Runnable onRequest(int number, Runnable action) {
        int[] requests = {0};
        return () -> {
            if (++requests[0] == number) {
                action.run();
            }
        };
    }
}
