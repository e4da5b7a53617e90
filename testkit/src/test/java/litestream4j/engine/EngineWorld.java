package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.SplittableRandom;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.DatabaseImage;
import litestream4j.testkit.FaultyClient;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;

/** A primary, its replica, a clock, and an engine that polls when it is told to. */
final class EngineWorld {
    /** As long as the engine goes without a listing, at most, while nothing new is found. */
    static final Duration LIST_INTERVAL = Duration.ofSeconds(15);

    final FakeTime time = new FakeTime();
    final MemoryReplica replica;
    final SimulatedPrimary primary;
    final FaultyClient client;
    final Settings settings;

    private EngineWorld(boolean local, long cacheBytes) throws IOException {
        replica = new MemoryReplica(local);
        primary = new SimulatedPrimary(replica, new PageSize(512), new SplittableRandom(1), time::now);
        client = new FaultyClient(replica, new SplittableRandom(2), time::now);
        settings = new Settings(
                ReplicaUrl.parse("memory://replica/path"), Duration.ofSeconds(1), cacheBytes, Duration.ofSeconds(3));
    }

    /** A replica that is read on the calling thread, without any memory for pages. */
    static EngineWorld withoutMemory() throws IOException {
        return new EngineWorld(true, 0);
    }

    /** A replica far away. */
    static EngineWorld remote() throws IOException {
        return new EngineWorld(false, Settings.CACHE_BYTES);
    }

    ReplicaDatabase open() throws IOException {
        return open(client);
    }

    ReplicaDatabase open(ReplicaClient through) throws IOException {
        return ReplicaDatabase.open(through, settings, Cancellation.NEVER, time);
    }

    Reader reader(ReplicaDatabase database) {
        return new Reader(database, () -> {}, Cancellation.NEVER, settings);
    }

    /** Writes so many transactions, at least a millisecond from each other. */
    void write(int transactions) {
        for (int i = 0; i < transactions; i++) {
            time.sleep(1);
            primary.write();
        }
    }

    /** Begins the database again until its one file is larger than that. */
    void writeAFileLargerThan(long bytes) throws IOException {
        primary.pagesMax(4000);
        do {
            primary.reset(primary.pageSize());
            write(1);
        } while (replica.listAll().getFirst().size() <= bytes);
    }

    /** Lets time go by, and polls. */
    void pollAfter(ReplicaDatabase database, Duration duration) throws IOException {
        time.advance(duration);
        database.poll();
    }

    /** Makes every request meet a fault. */
    void strike(FaultyClient.Fault fault) {
        client.begin(EnumSet.of(fault), 1);
    }

    /** Lets something happen before a request, counted from now on. */
    void onRequest(int number, Runnable action) {
        int[] requests = {0};
        client.between(() -> {
            if (++requests[0] == number) {
                action.run();
            }
        });
    }

    /** Deletes the transactions from one to another, both included. */
    void deleteFromLevel0(long from, long to) {
        for (long txid = from; txid <= to; txid++) {
            replica.delete(Level.L0, LtxFileName.of(new Txid(txid)));
        }
    }

    /** Compares a view with what the primary remembers. */
    void assertExact(ReplicaDatabase database, Snapshot view) throws IOException {
        DatabaseImage image = primary.imageOf(view.txid(), view.timestamp()).orElseThrow();
        assertThat(view.commit()).isEqualTo(image.commit());
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            assertThat(database.page(view, pgno, Cancellation.NEVER))
                    .as("page %d of %s", pgno, view)
                    .isEqualTo(image.page(pgno));
        }
    }

    /** Compares the newest view with the primary's present state. */
    void assertUpToDate(ReplicaDatabase database) throws IOException {
        Snapshot newest = database.newest();
        assertThat(newest.txid()).isEqualTo(primary.txid());
        assertThat(primary.imageOf(newest.txid(), newest.timestamp())).containsSame(primary.image());
        assertExact(database, newest);
    }

    /** Sees whether what the primary writes from now on is followed. */
    void assertGoesOn(ReplicaDatabase database) throws IOException {
        for (int i = 0; i < 6; i++) {
            write(1);
            pollAfter(database, LIST_INTERVAL);
            assertUpToDate(database);
        }
    }
}
