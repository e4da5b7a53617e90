package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient.Fault;
import litestream4j.testkit.ForwardingClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: whatever leads farther is found, and what does not is said. */
class FollowerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void gapIsBridgedByEachLevel() throws Exception {
        for (int level = 1; level <= 8; level++) {
            beginWorld();
            world.write(3);
            ReplicaDatabase database = world.open();
            world.write(4);
            for (int step = 1; step <= level; step++) {
                world.primary.compact(step);
            }
            deleteBelow(level);
            world.write(2);
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    /** What a fresh replica looks like: the reference freezes here, since its level 1 position is not in level 1. */
    @Test
    void mergedFilesThatBeginBeforeTheViewEndsExtendIt() throws Exception {
        world.write(1);
        world.primary.compact(1);
        world.write(1);
        ReplicaDatabase database = world.open();
        assertThat(database.newest().txid()).isEqualTo(new Txid(2));
        world.write(1);
        world.primary.compact(1);
        world.write(2);
        world.primary.compact(1);
        assertThat(world.replica.list(new Level(1), Txid.NONE))
                .extracting(file -> file.name().toString())
                .containsExactly(
                        "0000000000000001-0000000000000001.ltx",
                        "0000000000000002-0000000000000003.ltx",
                        "0000000000000004-0000000000000005.ltx");
        deleteBelow(1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
    }

    @Test
    void gapIsBridgedByASnapshot() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(4);
        world.primary.snapshot();
        deleteBelow(9);
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void snapshotBeforeAGapIsTakenAllTheSame() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(4);
        world.primary.snapshot();
        world.write(2);
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(5)));
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(8)));
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(7));
        world.assertExact(database, database.newest());
        assertThat(database.lag())
                .as("transaction 9 is there, and was not reached")
                .isEmpty();
    }

    @Test
    void gapStallsAndHealsWithTheNextPollAfterTheFileCame() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(2);
        byte[] missing = content(Level.L0, 4);
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(4)));
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        assertThat(database.lag()).isEmpty();
        world.replica.put(Level.L0, LtxFileName.of(new Txid(4)), missing, world.time.now());
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
    }

    @Test
    void damagedNewestFileStallsUntilItIsWhole() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(1);
        byte[] whole = content(Level.L0, 4);
        world.replica.put(Level.L0, LtxFileName.of(new Txid(4)), new byte[200], world.time.now());
        world.pollAfter(database, SECOND);
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        assertThat(database.lag())
                .as("transaction 4 is there, and was not reached")
                .isEmpty();
        world.replica.put(Level.L0, LtxFileName.of(new Txid(4)), whole, world.time.now());
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
    }

    @Test
    void fileThatCameDamagedOnceIsReadAgainAtOnce() throws Exception {
        world.write(1);
        strikeRequest(11, Fault.FLIP); // After the listing, of ten levels.
        ReplicaDatabase database = world.open();
        world.assertUpToDate(database);
        world.write(1);
        strikeRequest(1, Fault.FLIP);
        database.poll();
        world.assertUpToDate(database);
    }

    @Test
    void openWaitsWhileTheFirstFileIsUploaded() throws Exception {
        world.write(1);
        byte[] whole = content(Level.L0, 1);
        world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), Arrays.copyOf(whole, 200), world.time.now());
        onRequest(20, () -> world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), whole, world.time.now()));
        world.assertUpToDate(world.open());
    }

    @Test
    void openDoesNotWaitForADamagedFirstFile() throws Exception {
        world.write(1);
        byte[] half = Arrays.copyOf(content(Level.L0, 1), 200);
        world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), half, world.time.now());
        assertThatThrownBy(world::open).isInstanceOf(CorruptFileException.class);
    }

    @Test
    void fileFoundDamagedIsLookedAtAgainAfterAMinute() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open();
        world.write(3);
        world.primary.compact(1);
        deleteBelow(1);
        world.strike(Fault.FLIP);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.client.end();
        world.pollAfter(database, SECOND);
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        world.pollAfter(database, Duration.ofMinutes(1));
        world.assertUpToDate(database);
    }

    /** As when retention takes single files away, and the merged one is damaged on its way here. */
    @Test
    void viewDoesNotGoBackForAFileThatCameDamaged() throws Exception {
        ReplicaDatabase database = withItsLastTransactionsMerged();
        LtxFileName merged = new LtxFileName(new Txid(4), new Txid(6));
        byte[] whole = world.replica.content(new Level(1), merged).orElseThrow();
        world.replica.put(new Level(1), merged, new byte[300], world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(6));
        world.replica.put(new Level(1), merged, whole, world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    @Test
    void viewGoesBackWhereAFileStaysDamaged() throws Exception {
        ReplicaDatabase database = withItsLastTransactionsMerged();
        world.replica.put(new Level(1), new LtxFileName(new Txid(4), new Txid(6)), new byte[300], world.time.now());
        for (int i = 0; i < 10; i++) {
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        }
        assertThat(database.newest().txid()).isEqualTo(new Txid(3));
        world.assertExact(database, database.newest());
    }

    private ReplicaDatabase withItsLastTransactionsMerged() throws IOException {
        world.write(3);
        world.primary.compact(1);
        ReplicaDatabase database = world.open();
        world.write(3);
        world.pollAfter(database, SECOND);
        world.primary.compact(1);
        deleteBelow(1);
        assertThat(database.newest().txid()).isEqualTo(new Txid(6));
        return database;
    }

    @Test
    void damagedFileDoesNotKeepAnybodyFromThePast() throws Exception {
        world.write(6);
        Instant before = world.time.now();
        world.write(2);
        ReplicaDatabase database = world.open();
        world.replica.put(Level.SNAPSHOT, new LtxFileName(new Txid(1), new Txid(5)), new byte[300], before);
        assertThat(database.at(new Target.Before(before.plusMillis(1)), Cancellation.NEVER)
                        .txid())
                .isEqualTo(new Txid(6));
    }

    @Test
    void whatWasReachedBeforeAFailureIsPublished() throws Exception {
        world.write(3);
        ReplicaDatabase database = world.open(new ListingsFail(world.client));
        world.write(2);
        assertThatThrownBy(() -> world.pollAfter(database, EngineWorld.LIST_INTERVAL))
                .isInstanceOf(ReplicaException.Denied.class);
        assertThat(database.newest().txid()).isEqualTo(new Txid(5));
        assertThat(database.lag()).isEmpty();
    }

    @Test
    void failedListingIsRepeatedAfterASecond() throws Exception {
        world.write(3);
        ListingsFail client = new ListingsFail(world.client);
        ReplicaDatabase database = world.open(client);
        world.write(4);
        world.primary.compact(1);
        deleteBelow(1);
        assertThatThrownBy(() -> world.pollAfter(database, EngineWorld.LIST_INTERVAL))
                .isInstanceOf(ReplicaException.Denied.class);
        client.heal();
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
    }

    @Test
    void longWayIsTakenInStepsAndOnlyItsEndCountsAsReached() throws Exception {
        world = EngineWorld.remote();
        // In another WAL a poll lists, and takes all the rest at once.
        world.primary.staysInOneWal();
        world.write(1);
        ReplicaDatabase database = world.open();
        world.pollAfter(database, SECOND);
        world.write(300);
        world.pollAfter(database, SECOND);
        assertThat(database.newest().txid().value()).isBetween(2L, 300L);
        assertThat(database.lag().orElseThrow()).isGreaterThan(SECOND);
        world.pollAfter(database, SECOND);
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
    }

    private void strikeRequest(int number, Fault fault) {
        onRequest(number, () -> world.strike(fault));
    }

    /** Makes something happen before a request; the weather is good again with the next one. */
    private void onRequest(int number, Runnable action) {
        int[] requests = {0};
        world.client.between(() -> {
            world.client.end();
            if (++requests[0] == number) {
                action.run();
            }
        });
    }

    private byte[] content(Level level, long txid) {
        return world.replica.content(level, LtxFileName.of(new Txid(txid))).orElseThrow();
    }

    private void deleteBelow(int level) {
        for (int below = 0; below < level; below++) {
            List<LtxFile> files = world.replica.list(new Level(below), Txid.NONE);
            files.forEach(file -> world.replica.delete(file.level(), file.name()));
        }
    }

    /** A store far away takes its time to say that there is nothing more, and a reader need not wait for that. */
    @Test
    void transactionCanBeReadBeforeTheNextOneIsLookedFor() throws Exception {
        world = EngineWorld.remote();
        world.write(1);
        List<Txid> seen = new ArrayList<>();
        ReplicaDatabase[] database = new ReplicaDatabase[1];
        database[0] = world.open(new ForwardingClient(world.client) {
            @Override
            public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
                if (database[0] != null) {
                    seen.add(database[0].newest().txid());
                }
                return super.find(level, name);
            }
        });
        world.write(3);
        database[0].poll();
        assertThat(seen).as("looking for 2, 3, 4, 5").extracting(Txid::value).containsExactly(1L, 2L, 2L, 2L);
        world.assertUpToDate(database[0]);
    }
}
