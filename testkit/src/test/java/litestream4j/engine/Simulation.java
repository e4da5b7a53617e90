package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.FaultyClient;
import org.jspecify.annotations.Nullable;

/**
 * The life of a replica and of those who read it, from one seed: a primary writes, compacts, retires and begins again,
 * the store fails, the clock jumps, the engine polls, and readers come, begin, read, travel in time, wait, end and go.
 * One thread, and a clock that is only moved here, so a seed always gives the same life.
 *
 * <p>What a reader gets is compared page by page with what the primary remembers.
 */
final class Simulation {
    private static final int READERS = 3;
    private static final int STEPS = 120;

    private final SplittableRandom random;
    private final FakeTime time = new FakeTime();
    private final Trace trace = new Trace(time);
    private final SimulatedReplica replica;
    private final FaultyClient client;
    private final Weather weather;
    private final Ambush ambush;
    private final ComparedReads reads;

    /** Whether the primary acts at the worst moments in this life. */
    private final boolean ambushes;

    private final List<SimulatedReader> readers = new ArrayList<>();
    private final boolean clockJumps;
    private final Settings settings;
    private ReplicaDatabase database;

    /** A reader waits for what others do. */
    private boolean waiting;

    /** When the newest view was made; it may go back only to another era. */
    private int eraOfNewest;

    Simulation(long seed) throws IOException {
        random = new SplittableRandom(seed);
        replica = new SimulatedReplica(random, time, trace);
        client = new FaultyClient(replica.store, random.split(), time::now);
        weather = new Weather(random, time, client);
        ambush = new Ambush(random, time, trace, replica);
        reads = new ComparedReads(replica, weather, this::isSettled, time, trace);
        ambushes = random.nextInt(3) == 0;
        client.meanwhile(this::meanwhile, ambushes ? 2 : 0);
        clockJumps = random.nextInt(4) == 0;
        settings = new Settings(
                ReplicaUrl.parse("memory://replica/path"),
                Duration.ofSeconds(1),
                random.nextInt(3) == 0 ? Settings.CACHE_BYTES : random.nextInt(40) * 1024L,
                random.nextInt(3) == 0 ? Settings.HELD_BYTES : random.nextInt(40) * 1024L,
                Duration.ofSeconds(3),
                null,
                random.nextBoolean(),
                true);
        database = open();
        enterReaders();
        time.meanwhile(this::whileWaiting);
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

    /** Opens a connection. */
    Reader newReader(Cancellation cancellation, @Nullable Duration maxLag) {
        return new Reader(
                database,
                () -> {},
                cancellation,
                new Settings(
                        settings.replica(),
                        settings.pollInterval(),
                        settings.cacheBytes(),
                        settings.heldBytes(),
                        settings.openTimeout(),
                        maxLag,
                        settings.verifiesWhole(),
                        settings.readsAhead()));
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
        int dice = random.nextInt(102);
        if (dice < 22) {
            replica.step();
        } else if (dice < 36) {
            advance();
        } else if (dice < 58) {
            ambush(this::poll, mayOverwrite());
        } else if (dice < 93) {
            ambush(readers.get(random.nextInt(READERS))::step, mayOverwrite());
        } else if (dice < 95) {
            replaceReader(random.nextInt(READERS));
        } else if (dice < 97) {
            weather.change();
            trace.note("%s", weather);
        } else if (dice < 98) {
            ambush(this::reopen, false); // Who comes while a history is overwritten sees one.
        } else if (dice < 100) {
            calm();
        } else {
            overwrite();
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Does something, and in some lives lets the primary act in the middle of it. */
    private void ambush(Action action, boolean mayOverwrite) throws IOException {
        if (!ambushes || random.nextInt(3) == 0) {
            action.run();
            return;
        }
        Snapshot before = database.newest();
        ambush.lay(before, mayOverwrite);
        weather.ambushed(true);
        try {
            action.run();
        } finally {
            ambush.lift();
            weather.ambushed(false);
        }
        if (database.newest() != before && random.nextBoolean()) {
            readAll(database.newest());
        }
    }

    /** Closes a connection, be it in a transaction, and opens another one. */
    private void replaceReader(int number) {
        readers.get(number).close();
        readers.set(number, new SimulatedReader(this, "reader " + number));
    }

    /** The primary does not wait for a reader's requests to end. */
    private void meanwhile(FaultyClient.Moment moment) {
        if (ambush.isLaid()) {
            ambush.at(moment);
        }
        if (moment == FaultyClient.Moment.FOUND) {
            return;
        }
        weather.delay();
        if (weather.isInterleaving() && random.nextInt(12) == 0) {
            trace.note("meanwhile");
            replica.histories().finish();
            if (random.nextInt(12) == 0) {
                replica.histories().beginEra();
            } else {
                replica.step();
            }
        }
    }

    /** While a reader waits the primary goes on, and so does the follower. */
    private void whileWaiting() {
        if (!waiting) {
            return;
        }
        if (random.nextInt(20) == 0) {
            replica.histories().finish();
            replica.write();
        }
        if (random.nextInt(10) == 0) {
            waiting = false;
            try {
                poll();
            } catch (IOException e) {
                throw new AssertionError(e);
            } finally {
                waiting = true;
            }
        }
    }

    /** Begins or ends a reader's wait for what others do. */
    void waiting(boolean begins) {
        waiting = begins;
    }

    private void advance() {
        time.advance(Duration.ofMillis(random.nextInt(random.nextInt(5) == 0 ? 60_000 : 3_000)));
        if (clockJumps && random.nextInt(10) == 0) {
            Duration jump = Duration.ofMillis(random.nextInt(-90_000, 90_000));
            trace.note("clock jumps by %s", jump);
            time.jump(jump);
        }
    }

    void poll() throws IOException {
        Snapshot before = database.newest();
        // While histories overlap both may be reached.
        int era = replica.era() - (replica.overlaps() ? 1 : 0);
        try {
            database.poll();
        } catch (ReplicaException | PlanException | CorruptFileException e) {
            trace.note("poll failed: %s", e);
            assertThat(weather.isCalm()).as("poll fails in calm weather: %s", e).isFalse();
        }
        Snapshot after = database.newest();
        trace.note("poll from %s to %s", before, after);
        if (after == before) {
            return;
        }
        if (after.txid().isBefore(before.txid())) {
            assertThat(replica.era())
                    .as("era when %s goes back to %s", before, after)
                    .isGreaterThan(eraOfNewest);
        }
        eraOfNewest = era;
        assertThat(after.commit())
                .as("size of %s", after)
                .isEqualTo(replica.imageOf(after).commit());
        replica.checkPlaces(after);
        if (random.nextInt(4) == 0) {
            readAll(after);
        }
    }

    /**
     * The primary overwrites its history. Who followed it can tell the two apart, if the clock says what was before
     * what; who comes meanwhile cannot.
     */
    private void overwrite() throws IOException {
        if (mayOverwrite()) {
            replica.histories().overwrite();
        }
    }

    private boolean mayOverwrite() {
        Snapshot newest = database.newest();
        return weather.isCalm()
                && !clockJumps
                && newest.txid().equals(replica.primary.txid())
                && replica.imageOf(newest) == replica.primary.image();
    }

    private void reopen() throws IOException {
        if (replica.overlaps()) {
            return;
        }
        trace.note("reopen");
        readers.forEach(SimulatedReader::close);
        try {
            int era = replica.era();
            ReplicaDatabase opened = open();
            database.close();
            database = opened;
            eraOfNewest = era;
        } catch (ReplicaException | PlanException | CorruptFileException e) {
            trace.note("open failed: %s", e);
            assertThat(isSettled() && replica.isWhole())
                    .as("open fails in calm weather: %s", e)
                    .isFalse();
        }
        enterReaders();
    }

    /**
     * Lets the weather clear: then two polls reach the newest state, and after that nothing more happens. If the clock
     * was set back they may have to come after it caught up, and after another snapshot.
     */
    private void calm() throws IOException {
        trace.note("calm");
        weather.clear();
        replica.heal();
        time.advance(Weather.PATIENCE);
        poll();
        poll();
        if (!isAtNewest() && replica.hasFilesOfClockSetBack()) {
            replica.letClockCatchUp();
            time.advance(Weather.PATIENCE);
            poll();
            poll();
        }
        Snapshot newest = database.newest();
        assertThat(newest.txid()).as("reached after two polls").isEqualTo(replica.primary.txid());
        assertThat(replica.imageOf(newest)).as("history of %s", newest).isSameAs(replica.primary.image());
        assertThat(database.lag()).as("lag").contains(Duration.ZERO);
        readAll(newest);
        time.advance(Weather.PATIENCE);
        poll();
        poll();
        assertThat(database.newest()).as("view while nothing happens").isSameAs(newest);
        if (random.nextInt(4) == 0) {
            stall();
        }
        assertThat(database.stats().pinnedReaders()).as("transactions").isEqualTo((int)
                readers.stream().filter(SimulatedReader::inTransaction).count());
    }

    private boolean isAtNewest() {
        return replica.imageOf(database.newest()) == replica.primary.image();
    }

    /** Something newer is there and cannot be reached: the view stays, the lag grows, and a snapshot ends it. */
    private void stall() throws IOException {
        Snapshot view = database.newest();
        if (!replica.leaveGap()) {
            return;
        }
        time.advance(Weather.PATIENCE);
        poll();
        poll();
        assertThat(database.newest()).as("view at a gap").isSameAs(view);
        assertThat(database.lag().orElseThrow()).as("lag at a gap").isGreaterThanOrEqualTo(Weather.PATIENCE);
        trace.note("snapshot over the gap");
        replica.primary.snapshot();
        replica.primary.completeUpload();
        time.advance(Weather.PATIENCE);
        poll();
        assertThat(database.newest().txid()).as("reached beyond a gap").isEqualTo(replica.primary.txid());
        assertThat(database.lag()).as("lag beyond a gap").contains(Duration.ZERO);
    }

    private void readAll(Snapshot view) throws IOException {
        reads.all(newReader(Cancellation.NEVER, null), view);
    }

    ComparedReads reads() {
        return reads;
    }

    int eraOfNewest() {
        return eraOfNewest;
    }

    /** Tells whether all that bad weather left behind is over too. */
    boolean isSettled() {
        return weather.isOver() && !replica.primary.isUploading();
    }

    boolean isCalm() {
        return weather.isCalm();
    }

    boolean clockJumps() {
        return clockJumps;
    }

    SimulatedReplica replica() {
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

    Trace trace() {
        return trace;
    }
}
