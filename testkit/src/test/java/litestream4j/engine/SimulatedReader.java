package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.DatabaseImage;
import org.jspecify.annotations.Nullable;

/** A connection in a {@link Simulation}: transactions of any length, single reads, and travels in time. */
final class SimulatedReader {
    private final Simulation world;
    private final String name;
    private final SplittableRandom random;
    private final Reader reader;
    private final @Nullable Duration maxLag;

    /** How often a wait may ask whether it was interrupted before it is told so; negative for never. */
    private int patience = -1;

    /** What the running transaction saw first. */
    private @Nullable Snapshot pinned;

    /** What was seen of the present: it does not go back but to another era. */
    private Txid seen = Txid.NONE;

    private int eraSeen;

    SimulatedReader(Simulation world, String name) {
        this.world = world;
        this.name = name;
        this.random = world.random();
        this.maxLag = random.nextInt(4) == 0 ? Duration.ofMillis(1 + random.nextInt(10_000)) : null;
        this.reader = world.newReader(this::isInterrupted, maxLag);
        this.eraSeen = world.replica().era();
    }

    void step() throws IOException {
        int dice = random.nextInt(100);
        if (pinned != null) {
            if (dice < 70) {
                readSome(pinned);
            } else if (dice < 75) {
                assertThatThrownBy(() ->
                                reader.lookAt(new Target.Before(world.time().now())))
                        .isInstanceOf(IllegalStateException.class);
            } else {
                end();
            }
        } else if (dice < 50) {
            begin();
        } else if (dice < 70) {
            readSome(reader.view());
        } else if (dice < 82) {
            travel();
        } else if (dice < 92) {
            await();
        } else {
            reader.lookAtLatest();
        }
    }

    private boolean isInterrupted() {
        return patience >= 0 && patience-- == 0;
    }

    /** Waits for a transaction that is here, or comes soon, or never. */
    private void await() throws IOException {
        Txid wanted = new Txid(Math.max(1, world.database().newest().txid().value() + random.nextInt(-2, 4)));
        Duration limit = Duration.ofMillis(random.nextInt(3000));
        if (reader.isInPast()) {
            assertThatThrownBy(() -> reader.awaitTxid(wanted, limit)).isInstanceOf(IllegalStateException.class);
            return;
        }
        boolean impatient = random.nextInt(3) == 0;
        patience = impatient ? random.nextInt(40) : -1;
        long begin = world.time().nanos();
        boolean reached;
        world.waiting(true);
        try {
            reached = reader.awaitTxid(wanted, limit);
            assertThat(impatient && patience < 0)
                    .as("whether an interrupted wait went on")
                    .isFalse();
        } catch (ReplicaException.Interrupted e) {
            world.trace().note("%s: wait for %s interrupted", name, wanted);
            assertThat(patience).as("%s", e).isNegative();
            return;
        } finally {
            world.waiting(false);
            patience = -1;
        }
        world.trace().note("%s waited for %s: %s", name, wanted, reached);
        if (reached) {
            assertThat(reader.view().txid()).as("after a wait").isGreaterThanOrEqualTo(wanted);
        } else {
            assertThat(world.time().nanos() - begin).as("waited for").isGreaterThanOrEqualTo(limit.toNanos());
        }
    }

    private void begin() throws IOException {
        world.waiting(true);
        try {
            reader.begin();
        } catch (StaleException e) {
            world.trace().note("%s cannot begin: %s", name, e);
            assertThat(maxLag).isNotNull();
            return;
        } catch (PlanException | ReplicaException | CorruptFileException e) {
            world.trace().note("%s cannot begin: %s", name, e);
            assertThat(reader.isInPast()).as("looks at the past, when %s", e).isTrue();
            return;
        } finally {
            world.waiting(false);
        }
        pinned = reader.view();
        if (maxLag != null && !reader.isInPast()) {
            assertThat(world.database().following().age())
                    .as("age of a transaction")
                    .isLessThanOrEqualTo(maxLag);
        }
        world.trace().note("%s begins at %s", name, pinned);
    }

    private void end() {
        reader.end();
        pinned = null;
    }

    private void readSome(Snapshot view) throws IOException {
        long pages = view.commit().pages();
        for (int i = random.nextInt(5); i >= 0; i--) {
            if (!world.reads().page(reader, view, 1 + random.nextLong(pages))) {
                recover();
                return;
            }
        }
    }

    /** What was lost is lost, but the next transaction works. */
    private void recover() throws IOException {
        end();
        if (!world.isSettled() || !world.replica().isWhole()) {
            return;
        }
        world.poll();
        world.waiting(true); // The replica was whole only just, maybe, and was listed before.
        try {
            reader.begin();
        } catch (StaleException e) {
            assertThat(maxLag).as("%s", e).isNotNull();
            return;
        } catch (PlanException | CorruptFileException e) { // Of an upload that began meanwhile.
            assertThat(reader.isInPast()).as("looks at the past, when %s", e).isTrue();
            reader.lookAtLatest();
            world.poll(); // Looking for the past took its time.
            reader.begin();
        } finally {
            world.waiting(false);
        }
        assertThat(world.reads().page(reader, reader.view(), 1))
                .as("whether page 1 can be read after a lost view")
                .isTrue();
        reader.end();
    }

    private void travel() throws IOException {
        Target target = random.nextInt(3) == 0 ? new Target.AtTxid(someTxid()) : new Target.Before(someInstant());
        boolean exact = world.isSettled() && !world.clockJumps();
        Optional<Txid> expected = exact ? world.replica().planned(target) : Optional.empty();
        try {
            reader.lookAt(target);
        } catch (PlanException e) {
            world.trace().note("%s cannot look at %s: %s", name, target, e);
            assertThat(expected).as("plan for %s, but %s", target, e).isEmpty();
            return;
        } catch (ReplicaException | CorruptFileException e) {
            world.trace().note("%s cannot look at %s: %s", name, target, e);
            assertThat(exact).as("time travel fails in calm weather: %s", e).isFalse();
            return;
        }
        Snapshot view = reader.view();
        world.trace().note("%s looks at %s and sees %s", name, target, view);
        if (target instanceof Target.AtTxid(Txid txid)) {
            assertThat(view.txid()).isEqualTo(txid);
        }
        if (target instanceof Target.Before(Instant instant) && !world.clockJumps()) {
            assertThat(view.timestamp()).isBefore(instant);
        }
        if (exact) {
            assertThat(expected).as("transaction for %s", target).contains(view.txid());
        }
    }

    private Txid someTxid() {
        return new Txid(1 + random.nextLong(world.database().newest().txid().value() + 1));
    }

    /** Often the very moment of a transaction, or one beside it: that is where a bound shows. */
    private Instant someInstant() {
        if (random.nextInt(3) == 0) {
            List<LtxFile> files = world.replica().listing();
            if (!files.isEmpty()) {
                LtxFile file = files.get(random.nextInt(files.size()));
                return world.replica().timeOf(file).plusMillis(random.nextInt(-1, 2));
            }
        }
        return world.time().now().minusMillis(random.nextInt(4) == 0 ? -10_000 : random.nextInt(200_000));
    }

    /** Compares what can be seen without reading, and that a transaction stands still. */
    void check() {
        Snapshot view = reader.view();
        if (pinned != null) {
            assertThat(view).as("view of the transaction of %s", name).isSameAs(pinned);
        }
        DatabaseImage image = world.replica().imageOf(view);
        assertThat(view.commit()).as("size of %s", view).isEqualTo(image.commit());
        if (view != world.database().newest()) {
            return;
        }
        if (view.txid().isBefore(seen)) {
            assertThat(world.replica().era())
                    .as("era when %s goes back from %s to %s", name, seen, view)
                    .isGreaterThan(eraSeen);
        }
        if (!view.txid().equals(seen)) {
            seen = view.txid();
            eraSeen = world.eraOfNewest();
        }
    }

    boolean inTransaction() {
        return pinned != null;
    }

    void close() {
        reader.close();
        pinned = null;
    }
}
