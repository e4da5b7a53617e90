package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: what following takes in memory is bounded by the database, whatever it is asked to keep and for how long. */
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
}
