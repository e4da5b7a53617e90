package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.DatabaseImage;
import litestream4j.testkit.FaultyClient;
import litestream4j.testkit.FaultyClient.Fault;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;
import litestream4j.testkit.SimulatedRetention;
import org.jspecify.annotations.Nullable;

/**
 * The life of a replica and of those who read it, from one seed: a primary writes, compacts, retires and begins again,
 * the store fails, the clock jumps, the engine polls, and readers begin, read, travel in time and end. One thread, and
 * a clock that is only moved here, so a seed always gives the same life.
 *
 * <p>The oracle is what the primary remembers: the database after each transaction. What a reader gets is compared
 * with it page by page.
 */
final class Simulation {
    /** Longer than any wait of the engine before it looks again: between listings, and at a file found damaged. */
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private static final int TRACE_MAX = 80;
    private static final int READERS = 3;
    private static final int STEPS = 120;

    private final SplittableRandom random;
    private final FakeTime time = new FakeTime();
    private final MemoryReplica replica = new MemoryReplica(true);
    private final SimulatedPrimary primary;
    private final SimulatedRetention retention;
    private final FaultyClient client;
    private final List<SimulatedReader> readers = new ArrayList<>();
    private final Deque<Note> trace = new ArrayDeque<>();
    private final Set<Fault> weather;
    private final boolean interleaves;
    private final boolean clockJumps;
    private final boolean leavesHoles;
    private final Settings settings;
    private ReplicaDatabase database;
    private boolean faulty;
    private boolean interleaving;
    private long faultyUntil = -PATIENCE.toNanos();

    /** Files were deleted that nothing else holds: only a snapshot makes the replica whole again. */
    private boolean filesLost;

    private int losses;

    /** Levels may lack what was lost; without the snapshot that replaced it, the replica would not be whole. */
    private boolean hasHoles;

    /** When the newest view was made; it may go back only to another era. */
    private int eraOfNewest;

    Simulation(long seed) throws IOException {
        random = new SplittableRandom(seed);
        PageSize pageSize = new PageSize(random.nextInt(60) == 0 ? 65536 : 512);
        primary = new SimulatedPrimary(replica, pageSize, random.split(), time::now);
        primary.pagesMax(pageSize.bytes() > 512 ? 8 : random.nextInt(12) == 0 ? 700 : 30);
        leavesHoles = random.nextInt(16) == 0;
        if (leavesHoles) {
            primary.leavesHoles();
        }
        if (random.nextInt(4) == 0) {
            primary.showsUploads();
        }
        retention = new SimulatedRetention(
                Duration.ofSeconds(5 + random.nextInt(40)),
                Duration.ofSeconds(20 + random.nextInt(120)),
                random.nextBoolean());
        client = new FaultyClient(replica, random.split(), time::now);
        client.between(this::interleave);
        weather = weather();
        interleaves = random.nextInt(3) == 0;
        clockJumps = random.nextInt(4) == 0;
        settings = new Settings(
                ReplicaUrl.parse("memory://replica/path"),
                Duration.ofSeconds(1),
                random.nextInt(3) == 0 ? Settings.CACHE_BYTES : random.nextInt(40) * 1024L,
                Duration.ofSeconds(3),
                null,
                random.nextBoolean(),
                true);
        primary.write();
        primary.completeUpload();
        database = open();
        enterReaders();
    }

    /** Not both of missing files and old listings: together they look exactly as a replica that was begun again. */
    private Set<Fault> weather() {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            if (random.nextBoolean()) {
                faults.add(fault);
            }
        }
        if (faults.contains(Fault.MISSING)) {
            faults.remove(Fault.STALE_LISTING);
        }
        return faults;
    }

    Reader newReader() {
        return new Reader(database, () -> {}, Cancellation.NEVER, settings);
    }

    private ReplicaDatabase open() throws IOException {
        return ReplicaDatabase.open(client, settings, Cancellation.NEVER, time);
    }

    private void enterReaders() {
        readers.clear();
        for (int i = 0; i < READERS; i++) {
            readers.add(new SimulatedReader(this, "reader " + i));
        }
    }

    /** Goes through a life. */
    void run() throws IOException {
        for (int i = 0; i < STEPS; i++) {
            step();
            readers.forEach(SimulatedReader::check);
        }
        calm();
    }

    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 22) {
            primaryStep();
        } else if (dice < 36) {
            advance();
        } else if (dice < 58) {
            poll();
        } else if (dice < 95) {
            readers.get(random.nextInt(READERS)).step();
        } else if (dice < 97) {
            changeWeather();
        } else if (dice < 98) {
            reopen();
        } else {
            calm();
        }
    }

    private void primaryStep() {
        int dice = random.nextInt(100);
        if (dice < 50) {
            note("write %s", primary.write().label());
        } else if (dice < 75) {
            int level = dice < 65 ? 1 : dice < 71 ? 2 : 3;
            note("compact to level %d", level);
            primary.compact(level);
        } else if (dice < 82) {
            note("snapshot of %s", primary.txid());
            primary.snapshot();
        } else if (dice < 95) {
            note("retention");
            retention.apply(replica, time.now());
        } else if (dice < 97) {
            fork();
        } else if (dice < 98) {
            reset();
        } else {
            loseFile();
        }
    }

    private void reset() {
        note("reset at %s", primary.txid());
        primary.reset(random.nextInt(4) == 0 ? new PageSize(1024) : primary.pageSize());
        filesLost = false;
        hasHoles = false;
        if (random.nextBoolean()) {
            note("write %s", primary.write().label());
        }
    }

    private void fork() {
        if (primary.txid().equals(Txid.NONE) || hasHoles) {
            return;
        }
        Txid end = new Txid(1 + random.nextLong(primary.txid().value()));
        try {
            RestorePlanner.plan(listing(), new Target.AtTxid(end));
        } catch (PlanException _) {
            return; // Nobody could go on from there.
        }
        note("fork of %s at %s", primary.txid(), end);
        primary.fork(end);
    }

    private void loseFile() {
        List<LtxFile> files = listing();
        if (!files.isEmpty() && !leavesHoles) {
            LtxFile lost = files.get(random.nextInt(files.size()));
            note("lose %s", lost.label());
            replica.delete(lost.level(), lost.name());
            filesLost = true;
            hasHoles = true;
            losses++;
        }
    }

    /** The primary does not wait for a reader's requests to end. */
    private void interleave() {
        if (interleaving && random.nextInt(12) == 0) {
            note("meanwhile");
            if (random.nextInt(12) == 0) {
                beginEra();
            } else {
                primaryStep();
            }
        }
    }

    /** Another history grows in the time of one request, so that a listing sees one level of each. */
    private void beginEra() {
        if (random.nextBoolean()) {
            reset();
        } else {
            fork();
        }
        for (int i = random.nextInt(8); i >= 0; i--) {
            note("write %s", primary.write().label());
        }
        note("compact to level 1");
        primary.compact(1);
    }

    private void advance() {
        time.advance(Duration.ofMillis(random.nextInt(random.nextInt(5) == 0 ? 60_000 : 3_000)));
        if (clockJumps && random.nextInt(10) == 0) {
            Duration jump = Duration.ofMillis(random.nextInt(-90_000, 90_000));
            note("clock jumps by %s", jump);
            time.jump(jump);
        }
    }

    void poll() throws IOException {
        Snapshot before = database.newest();
        int era = era();
        try {
            database.poll();
        } catch (ReplicaException | PlanException | CorruptFileException e) {
            note("poll failed: %s", e);
            assertThat(isCalm()).as("poll fails in calm weather: %s", e).isFalse();
        }
        Snapshot after = database.newest();
        note("poll from %s to %s", before, after);
        if (after == before) {
            return;
        }
        if (after.txid().isBefore(before.txid())) {
            assertThat(era()).as("era when %s goes back to %s", before, after).isGreaterThan(eraOfNewest);
        }
        eraOfNewest = era;
        assertThat(after.commit())
                .as("size of %s", after)
                .isEqualTo(imageOf(after).commit());
        if (random.nextInt(4) == 0) {
            readAll(after);
        }
    }

    private void changeWeather() {
        endWeather();
        faulty = !weather.isEmpty() && random.nextBoolean();
        interleaving = interleaves && random.nextBoolean();
        if (faulty) {
            client.begin(weather, 3 + random.nextInt(20));
        }
        note("faults: %s, interleaving: %s", faulty ? weather : "none", interleaving);
    }

    private void endWeather() {
        client.end();
        if (!isCalm()) {
            faultyUntil = time.nanos();
        }
        faulty = false;
        interleaving = false;
    }

    private void reopen() throws IOException {
        note("reopen");
        readers.forEach(SimulatedReader::close);
        try {
            int era = era();
            ReplicaDatabase opened = open();
            database.close();
            database = opened;
            eraOfNewest = era;
        } catch (ReplicaException | PlanException | CorruptFileException e) {
            note("open failed: %s", e);
            assertThat(isSettled() && !filesLost && !primary.txid().equals(Txid.NONE) && !primary.isUploading())
                    .as("open fails in calm weather: %s", e)
                    .isFalse();
        }
        enterReaders();
    }

    /** Lets the weather clear: then two polls reach the newest state, and after that nothing more happens. */
    private void calm() throws IOException {
        note("calm");
        endWeather();
        primary.completeUpload();
        if (primary.txid().equals(Txid.NONE)) {
            note("write %s", primary.write().label());
        }
        if (filesLost) {
            primary.snapshot();
            filesLost = false;
        }
        primary.completeUpload();
        time.advance(PATIENCE);
        poll();
        poll();
        Snapshot newest = database.newest();
        assertThat(newest.txid()).as("reached after two polls").isEqualTo(primary.txid());
        assertThat(imageOf(newest)).as("history of %s", newest).isSameAs(primary.image());
        assertThat(database.lag()).as("lag").contains(Duration.ZERO);
        readAll(newest);
        time.advance(PATIENCE);
        poll();
        poll();
        assertThat(database.newest()).as("view while nothing happens").isSameAs(newest);
    }

    private void readAll(Snapshot view) throws IOException {
        Reader prober = newReader();
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            if (!read(prober, view, pgno)) {
                return;
            }
        }
    }

    /** Reads a page and compares it; returns false if the page cannot be had, as it may be. */
    boolean read(Reader reader, Snapshot view, long pgno) throws IOException {
        byte @Nullable [] expected = imageOf(view).page(pgno);
        byte[] page;
        try {
            page = reader.page(view, pgno);
        } catch (MissingPageException e) {
            assertThat(expected).as("%s", e).isNull();
            return true;
        } catch (ViewLostException e) {
            note("%s", e);
            if (isSettled()) {
                assertThat(isReachable(view)).as("reachable, but %s", e).isFalse();
            }
            return false;
        } catch (ReplicaException | CorruptFileException e) {
            note("page %d failed: %s", pgno, e);
            assertThat(isCalm()).as("page read fails in calm weather: %s", e).isFalse();
            return false;
        }
        assertThat(page).as("page %d of %s", pgno, view).isEqualTo(expected);
        return true;
    }

    /** Tells whether the replica's files lead to a view beyond doubt: to its transaction, made at its time. */
    private boolean isReachable(Snapshot view) {
        try {
            LtxFile last = RestorePlanner.plan(listing(), new Target.AtTxid(view.txid()))
                    .files()
                    .getLast();
            return !last.level().isSnapshot()
                    && LtxTimes.of(replica, last)
                            .filter(view.timestamp()::equals)
                            .isPresent();
        } catch (PlanException _) {
            return false;
        }
    }

    DatabaseImage imageOf(Snapshot view) {
        return primary.imageOf(view.txid(), view.timestamp())
                .orElseThrow(() -> new AssertionError("there never was " + view));
    }

    List<LtxFile> listing() {
        List<LtxFile> files = new ArrayList<>();
        Level.ALL.forEach(level -> files.addAll(replica.list(level, Txid.NONE)));
        return files;
    }

    /** Returns a number that grows when the replica may go back. */
    int era() {
        return primary.eras() + losses;
    }

    int eraOfNewest() {
        return eraOfNewest;
    }

    private boolean isCalm() {
        return !faulty && !interleaving;
    }

    /** Tells whether all that bad weather left behind is over too. */
    boolean isSettled() {
        return isCalm() && time.nanos() - faultyUntil >= PATIENCE.toNanos() && !primary.isUploading();
    }

    /** Tells whether what the primary has can be had from the replica. */
    boolean isWhole() {
        return !filesLost && !primary.txid().equals(Txid.NONE);
    }

    boolean clockJumps() {
        return clockJumps;
    }

    MemoryReplica replica() {
        return replica;
    }

    ReplicaDatabase database() {
        return database;
    }

    SplittableRandom random() {
        return random;
    }

    FakeTime time() {
        return time;
    }

    /** Remembers what happens; texts are made of it only after a failure. */
    void note(String what, Object... about) {
        if (trace.size() == TRACE_MAX) {
            trace.removeFirst();
        }
        trace.addLast(new Note(time.now(), what, about));
    }

    private record Note(Instant time, String what, Object[] about) {
        @Override
        public String toString() {
            return time + " " + what.formatted(about);
        }
    }

    /** Returns what happened last. */
    String trace() {
        return trace.stream().map(Note::toString).collect(Collectors.joining("\n"));
    }
}
