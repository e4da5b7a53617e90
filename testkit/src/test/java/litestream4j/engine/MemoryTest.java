package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.MemoryReplica;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what following takes in memory is bounded by the database, whatever it is asked to keep and for how long; what
 * pages take is what they were allowed; and a connection more takes next to nothing.
 */
class MemoryTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
        world.primary.staysInOneWal();
    }

    private ReplicaDatabase openWithPages(int pages) throws IOException {
        world.primary.pagesMax(pages);
        do {
            world.primary.reset(new PageSize(512));
            world.write(1);
        } while (world.primary.image().commit().pages() < pages / 2);
        return world.open();
    }

    /**
     * The pages are written anew in pieces, as vacuum or a batch would do it, and the pieces are merged and deleted.
     */
    @Test
    void readerThatStaysWhileEveryPageIsWrittenTenTimesCostsOneMoreMapAtMost() throws Exception {
        ReplicaDatabase database = openWithPages(4000);
        int pages = (int) database.newest().commit().pages();
        rewriteInPieces(database, pages, 1);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        long alone = database.stats().indexBytes();
        try (Reader reader = world.reader(database)) {
            reader.begin();
            Snapshot view = reader.view();
            for (int round = 0; round < 10; round++) {
                rewriteInPieces(database, pages, 1);
                for (LtxFile file : world.replica.list(Level.L0, Txid.NONE)) {
                    if (file.max().isBefore(database.newest().txid())) {
                        world.replica.delete(file.level(), file.name());
                    }
                }
                world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            }
            assertThat(reader.view()).isSameAs(view);
            assertThat(database.stats().pinnedReaders()).isOne();
            assertThat(database.stats().indexBytes()).isBetween(alone + alone / 2, 2 * alone);
        }
        assertThat(database.stats().pinnedReaders()).isZero();
        assertThat(database.stats().indexBytes()).as("when the reader is gone").isLessThanOrEqualTo(alone);
    }

    private void rewriteInPieces(ReplicaDatabase database, int pages, int times) throws IOException {
        for (int time = 0; time < times; time++) {
            for (int from = 1; from <= pages; from += 100) {
                world.time.sleep(1);
                world.primary.rewrite(from, Math.min(pages, from + 99));
                world.pollAfter(database, SECOND);
            }
        }
    }

    /**
     * Days of transactions that each leave one page: the page map would name a file for each page, most of them long
     * gone. They write 300 pages each, so that their indexes weigh enough in a short test.
     */
    @Test
    void filesOfOldTransactionsAreForgottenWhenTheyAreMerged() throws Exception {
        ReplicaDatabase database = openWithPages(5000);
        int last = (int) database.newest().commit().pages() - 299;
        int mostFiles = 0;
        for (int pgno = 1; pgno <= last; pgno++) {
            world.time.sleep(1);
            world.primary.rewrite(pgno, pgno + 299);
            if (pgno % 30 == 0) {
                world.primary.compact(1);
                world.pollAfter(database, Duration.ofSeconds(30));
                forgetMerged();
                mostFiles = Math.max(mostFiles, database.stats().indexedFiles());
            }
            if (pgno % 900 == 0) {
                world.primary.compact(2);
            }
        }
        world.pollAfter(database, SECOND);
        assertThat(last).isGreaterThan(2200);
        assertThat(mostFiles).isLessThan((int) (Follower.TAKEN_BYTES_MAX / 2900) + 300);
        world.assertUpToDate(database);
    }

    private void forgetMerged() {
        Txid merged = world.replica.list(new Level(1), Txid.NONE).getLast().max();
        for (LtxFile file : world.replica.list(Level.L0, Txid.NONE)) {
            if (file.max().isBefore(merged)) {
                world.replica.delete(Level.L0, LtxFileName.of(file.max()));
            }
        }
    }

    /** Small pages show what is taken beside them. */
    @Test
    void cacheTakesTheMemoryOfItsBudget() {
        for (int pageBytes : new int[] {512, 4096}) {
            for (long budget : new long[] {5_000_000, 8_000_000}) {
                // What else happens in this JVM takes some kilobytes, and adds to one measurement or another.
                long taken = LongStream.range(0, 3)
                        .map(_ -> bytesOfAFullCache(budget, pageBytes))
                        .min()
                        .orElseThrow();
                assertThat(taken).as("pages of %d", pageBytes).isBetween(budget * 9 / 10, budget + 50_000);
            }
        }
    }

    private static long bytesOfAFullCache(long budget, int pageBytes) {
        long before = LiveHeap.bytes();
        PageBuffers buffers = new PageBuffers();
        PageCache cache = new PageCache(budget, pageBytes, buffers);
        for (long pgno = 1; pgno <= 2 * budget / pageBytes; pgno++) {
            cache.put(PageCache.key(1, pgno), new byte[pageBytes]);
        }
        buffers.clear();
        long taken = LiveHeap.bytes() - before;
        assertThat(cache.bytes()).as("pages of %d", pageBytes).isBetween(taken - 150_000, taken + 50_000);
        return taken;
    }

    /** Each reads all of a database with three levels of interior pages, so that it remembers all that it ever does. */
    @Test
    void furtherReaderTakesLittle(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("primary.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, b BLOB)");
            statement.execute("CREATE INDEX i ON t (k)");
            statement.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
                    + " INSERT INTO t SELECT i, i * 7919 % 30011, randomblob(1000) FROM n");
        }
        LargeReplica.publish(file, folder);
        MemoryReplica replica = new MemoryReplica(false);
        replica.put(
                Level.L0,
                LtxFileName.of(new Txid(1)),
                Files.readAllBytes(folder.resolve(LargeReplica.SNAPSHOT)),
                Instant.now());
        Settings settings = new Settings(ReplicaUrl.parse("memory://replica/path"), SECOND, 64_000_000, SECOND);
        int more = 20;
        List<Reader> readers = new ArrayList<>();
        try (ReplicaDatabase database = ReplicaDatabase.open(replica, settings, Cancellation.NEVER, new FakeTime())) {
            readAll(database, settings, readers);
            long alone = LiveHeap.bytes();
            for (int i = 0; i < more; i++) {
                readAll(database, settings, readers);
            }
            long each = (LiveHeap.bytes() - alone) / more;
            assertThat(database.newest().commit().pages()).isGreaterThan(7500);
            assertThat(each).as("bytes for each reader").isBetween(64_000L, 200_000L);
        }
        assertThat(readers).hasSize(1 + more);
    }

    private static void readAll(ReplicaDatabase database, Settings settings, List<Reader> readers) throws IOException {
        Reader reader = new Reader(database, () -> {}, Cancellation.NEVER, settings);
        readers.add(reader);
        reader.begin();
        Snapshot view = reader.view();
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            assertThat(reader.page(view, pgno)).hasSize(4096);
        }
        reader.end();
    }
}
