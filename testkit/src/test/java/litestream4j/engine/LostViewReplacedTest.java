package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.RequestCounts;
import litestream4j.testkit.FaultyClient.Fault;
import litestream4j.testkit.ForwardingClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: where the newest view cannot be read any more, the next transaction sees what somebody would who opens the
 * replica then; also if the view's last file is still there, and nothing has a higher number.
 */
class LostViewReplacedTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void snapshotOfAnotherDatabaseUnderTheNewestTxidIsSwitchedTo() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(new PageSize(1024));
        Snapshot old = database.newest();
        assertThatThrownBy(() -> world.assertExact(database, old))
                .isInstanceOf(ViewLostException.class)
                .hasMessageContaining("state of txid 0000000000000008 is no longer in the replica");
        database.poll();
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.time.advance(SECOND);
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.assertGoesOn(database);
    }

    /** Nothing but its pages tells that it is another one. */
    @Test
    void anotherDatabaseOfTheSameSizeIsSwitchedTo() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(world.client, world.primary.pageSize(), 0);
        Snapshot old = database.newest();
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        database.poll();
        assertThat(database.newest()).isNotSameAs(old);
        assertThat(database.newest().era()).isNotEqualTo(old.era());
        world.assertUpToDate(database);
        world.time.advance(SECOND);
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.assertGoesOn(database);
    }

    @Test
    void viewGoesOnInASnapshotOfItsOwnState() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        world.primary.snapshot();
        world.deleteFromLevel0(1, 7);
        world.assertExact(database, view);
        assertThat(view.pages().frameOf(1))
                .isNotNull()
                .satisfies(frame ->
                        assertThat(frame.file().file.level().isSnapshot()).isTrue());
    }

    /** It waits for a while only, and the listing that tells of the other database takes longer. */
    @Test
    void readerThatGaveUpWaitingDoesNotKeepTheOtherDatabaseFromBeingSwitchedTo() throws Exception {
        Deque<Runnable> whileListing = new ArrayDeque<>();
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(
                new ForwardingClient(world.client) {
                    @Override
                    public List<LtxFile> listAll() throws ReplicaException {
                        List<LtxFile> listed = super.listAll();
                        if (!whileListing.isEmpty()) {
                            whileListing.remove().run();
                        }
                        return listed;
                    }
                },
                new PageSize(1024),
                1);
        Snapshot old = database.newest();
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        Reader reader = world.reader(database);
        whileListing.add(() -> {
            Instant begun = world.time.now();
            begin(reader);
            assertThat(reader.view()).isSameAs(old);
            assertThat(Duration.between(begun, world.time.now())).isLessThan(SECOND.multipliedBy(3));
            world.time.advance(SECOND);
        });
        database.poll();
        assertThat(whileListing).isEmpty();
        world.assertUpToDate(database);
    }

    @Test
    void transactionThatIsRunningFailsAndTheNextOneSeesTheNewestState() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(new PageSize(512));
        Reader reader = world.reader(database);
        reader.begin();
        Snapshot old = reader.view();
        assertThatThrownBy(() -> readAll(reader)).isInstanceOf(ViewLostException.class);
        database.poll();
        assertThat(reader.view()).isSameAs(old);
        assertThatThrownBy(() -> readAll(reader)).isInstanceOf(ViewLostException.class);
        reader.end();
        reader.begin();
        world.assertUpToDate(database);
        assertThat(reader.view()).isSameAs(database.newest());
        readAll(reader);
    }

    @Test
    void nextTransactionWaitsForTheNewestState() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(new PageSize(1024));
        Reader reader = world.reader(database);
        reader.begin();
        assertThatThrownBy(() -> readAll(reader)).isInstanceOf(ViewLostException.class);
        reader.end();
        world.time.meanwhile(() -> poll(database));
        reader.begin();
        world.assertUpToDate(database);
        assertThat(reader.view()).isSameAs(database.newest());
        readAll(reader);
    }

    /** Its pages would lie among those of the old one that are still there. */
    @Test
    void lostViewIsNotExtendedByTransactionsOfAnotherDatabase() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(new PageSize(512));
        Snapshot old = database.newest();
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.write(2);
        database.poll();
        world.assertUpToDate(database);
        world.assertGoesOn(database);
    }

    @Test
    void transactionsOfAnotherDatabaseThatCameBeforeTheViewWasLostAreTaken() throws Exception {
        ReplicaDatabase database = withAnotherDatabaseUnderTheSameTxid(new PageSize(1024));
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        Snapshot old = database.newest();
        assertThat(old.txid()).isEqualTo(new Txid(8));
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        database.poll();
        world.pollAfter(database, Duration.ofMinutes(1));
        world.assertUpToDate(database);
    }

    /** The one file that the view needs comes back, as after a mistake of somebody who tidies up. */
    @Test
    void viewWhoseFilesAreBackIsTheSameAsBefore() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot view = database.newest();
        byte[] missing =
                world.replica.content(Level.L0, LtxFileName.of(new Txid(1))).orElseThrow();
        world.deleteFromLevel0(1, 1);
        assertThatThrownBy(() -> world.assertExact(database, view)).isInstanceOf(ViewLostException.class);
        database.poll();
        assertThat(database.newest()).isSameAs(view);
        world.replica.put(Level.L0, LtxFileName.of(new Txid(1)), missing, world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest()).isSameAs(view);
        assertThat(view.isLost()).isFalse();
        world.assertUpToDate(database);
    }

    /** A search is three listings; the poll after it is one more, with a look for the last file. */
    @Test
    void lostViewAtAGapIsSearchedForOnceASecondHoweverOftenItIsReadAndPolled() throws Exception {
        ReplicaDatabase database = withAGapUnderTheView(world.client);
        RequestCounts requests = readAndPollInVain(database, 600);
        assertThat(requests.lists()).isEqualTo(1 + 60 * (3 + 1));
        assertThat(requests.reads()).isEqualTo(600 + 1 + 60);
    }

    /** The poll lists twice, as always where the last file is gone. */
    @Test
    void lostViewOfAReplicaThatIsGoneIsSearchedForOnceASecondHoweverOftenItIsReadAndPolled() throws Exception {
        ReplicaDatabase database = withAGapUnderTheView(world.client);
        world.replica.clear();
        RequestCounts requests = readAndPollInVain(database, 600);
        assertThat(requests.lists()).isBetween(60L * 5, 60L * 5 + 5);
        assertThat(requests.reads()).isBetween(600L + 60, 600L + 65);
    }

    /** A search reads the file that is gone three times, and the poll all files once, until that one is missed. */
    @Test
    void lostViewWhoseFilesAreListedAndGoneIsPlannedAnewOnceASecond() throws Exception {
        ReplicaDatabase database = withAGapUnderTheView(world.client);
        world.strike(Fault.STALE_LISTING);
        RequestCounts requests = readAndPollInVain(database, 40);
        assertThat(requests.lists()).isBetween(4L * (3 + 1), 4L * (3 + 1) + 4);
        assertThat(requests.reads()).isBetween(40L + 4 * 3, 40L + 4 * (3 + 8));
    }

    /** A store that serves files as a whole, and a part of one never: reading them anew helps nobody. */
    @Test
    void lostViewThatCanBePlannedAndNotReadIsPlannedAnewOnceASecond() throws Exception {
        AtomicInteger whole = new AtomicInteger();
        world.write(8);
        ReplicaDatabase database = world.open(new ForwardingClient(world.client) {
            @Override
            public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
                if (offset > 0 && file.name().isSnapshot()) {
                    throw new ReplicaException.NotFound("a part is gone");
                }
                if (length > 1) {
                    whole.incrementAndGet();
                }
                return super.read(file, offset, length);
            }
        });
        whole.set(0);
        readAndPollInVain(database, 40);
        assertThat(whole).hasValue(4 * 8);
    }

    @Test
    void lostViewThatNobodyReadsIsListedNoOftener() throws Exception {
        ReplicaDatabase database = withAGapUnderTheView(world.client);
        Snapshot view = database.newest();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < 600; i++) {
            world.pollAfter(database, SECOND);
        }
        assertThat(database.newest()).isSameAs(view);
        RequestCounts requests = database.stats().requests().since(before);
        assertThat(requests)
                .extracting(RequestCounts::lists, RequestCounts::reads)
                .containsExactly(300L, 300L);
    }

    private ReplicaDatabase withAGapUnderTheView(ReplicaClient client) throws IOException {
        world.write(8);
        ReplicaDatabase database = world.open(client);
        world.deleteFromLevel0(1, 1);
        assertThatThrownBy(() -> world.assertExact(database, database.newest())).isInstanceOf(ViewLostException.class);
        return database;
    }

    /** Reads a page that is gone, and polls, ten times a second. */
    private RequestCounts readAndPollInVain(ReplicaDatabase database, int times) {
        Snapshot view = database.newest();
        long gone = LongStream.rangeClosed(1, view.commit().pages())
                .filter(pgno -> Objects.requireNonNull(view.pages().sourceOf(pgno))
                        .file
                        .name()
                        .isSnapshot())
                .findFirst()
                .orElseThrow();
        RequestCounts before = database.stats().requests();
        for (int i = 0; i < times; i++) {
            world.time.advance(Duration.ofMillis(100));
            assertThatThrownBy(() -> database.page(view, gone, Cancellation.NEVER))
                    .isInstanceOf(ViewLostException.class);
            poll(database);
        }
        assertThat(database.newest()).isSameAs(view);
        return database.stats().requests().since(before);
    }

    private ReplicaDatabase withAnotherDatabaseUnderTheSameTxid(PageSize pageSize) throws IOException {
        return withAnotherDatabaseUnderTheSameTxid(world.client, pageSize, 1);
    }

    /** A snapshot of another database has the number of the view's last transaction, and files of the view are gone. */
    private ReplicaDatabase withAnotherDatabaseUnderTheSameTxid(ReplicaClient client, PageSize pageSize, int morePages)
            throws IOException {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open(client);
        int pages = Math.toIntExact(world.primary.image().commit().pages());
        world.primary.replaceUnderSameTxid(pageSize, pages + morePages);
        world.deleteFromLevel0(1, 7);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(8));
        return database;
    }

    private static void readAll(Reader reader) throws IOException {
        Snapshot view = reader.view();
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            reader.page(view, pgno);
        }
    }

    private static void begin(Reader reader) {
        try {
            reader.begin();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void poll(ReplicaDatabase database) {
        try {
            database.poll();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
