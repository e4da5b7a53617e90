package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import litestream4j.testkit.DatabaseImage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a history that goes on in the WAL of the one that it overwrites, as after a disk was set back, is not taken for
 * it: the next transaction begins where the last one of the old history ended, and nothing in it tells the difference.
 */
class SameWalHistoryTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    /** Keeps what was read, so that nobody has to ask for files that are gone. */
    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.remote();
        world.primary.staysInOneWal();
        world.write(5);
        assertThat(world.primary.image().commit().pages()).isGreaterThan(3);
        rewrite(1, 3);
    }

    private void rewrite(int pgno, int transactions) {
        for (int i = 0; i < transactions; i++) {
            world.time.sleep(1);
            world.primary.rewrite(pgno, pgno);
        }
    }

    /** Writes as many pages in as many transactions as before, and one more. */
    private void overwrite() {
        world.primary.forkOverInSameWal(new Txid(5));
        rewrite(2, 3);
        rewrite(3, 1);
    }

    @Test
    void nextTransactionByNameIsNotMixedWithTheOldHistory() throws Exception {
        ReplicaDatabase database = world.open();
        DatabaseImage old = world.primary.image();
        for (int i = 0; i < 5; i++) {
            world.pollAfter(database, SECOND);
        }
        assertThat(world.primary.image()).isSameAs(old);
        overwrite();
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        assertGoesOn(database);
    }

    @Test
    void transactionThatComesLateIsNotMixedWithTheOldHistory() throws Exception {
        ReplicaDatabase database = world.open();
        rewrite(1, 1);
        // The answer to the look for the file after the next one is late.
        world.onRequest(2, () -> {
            world.time.advance(Duration.ofSeconds(3));
            world.primary.forkOverInSameWal(new Txid(5));
            rewrite(2, 4);
            rewrite(3, 1);
        });
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        assertGoesOn(database);
    }

    /** The old transaction begins where the new one before it ends, and was made before that. */
    @Test
    void oldTransactionThatWasNeverSeenDoesNotGoOnInTheNewHistory() throws Exception {
        ReplicaDatabase database = world.open();
        world.pollAfter(database, SECOND);
        rewrite(1, 1);
        world.time.advance(Duration.ofSeconds(3));
        world.primary.forkOverInSameWal(new Txid(7));
        rewrite(2, 1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        assertGoesOn(database);
    }

    /** As on a machine that was suspended: its monotonic clock stood still. */
    @Test
    void transactionAfterASleepIsNotMixedWithTheOldHistory() throws Exception {
        ReplicaDatabase database = world.open();
        world.pollAfter(database, SECOND);
        world.time.jump(Duration.ofHours(1));
        overwrite();
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        assertGoesOn(database);
    }

    private void assertGoesOn(ReplicaDatabase database) throws IOException {
        for (int i = 0; i < 4; i++) {
            world.write(1);
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }
}
