package litestream4j.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.testkit.DatabaseImage;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;
import litestream4j.testkit.SimulatedRetention;

/**
 * A replica that lives: a primary writes, compacts, retires and begins again, and sometimes files are lost. It is the
 * oracle too: the primary remembers the database after each transaction.
 */
final class SimulatedReplica {
    final MemoryReplica store = new MemoryReplica(true);
    final SimulatedPrimary primary;

    private final SplittableRandom random;
    private final FakeTime time;
    private final Trace trace;
    private final SimulatedRetention retention;
    private final SimulatedHistories histories;
    private final boolean leavesHoles;

    /** Files were deleted that nothing else holds: only a snapshot makes the replica whole again. */
    private boolean filesLost;

    private int losses;

    /** Levels may lack what was lost; without the snapshot that replaced it, the replica would not be whole. */
    private boolean hasHoles;

    SimulatedReplica(SplittableRandom random, FakeTime time, Trace trace) {
        this.random = random;
        this.time = time;
        this.trace = trace;
        PageSize pageSize = new PageSize(random.nextInt(60) == 0 ? 65536 : 512);
        primary = new SimulatedPrimary(store, pageSize, random.split(), time::now);
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
        histories = new SimulatedHistories(this, random, time, trace);
        primary.write();
        primary.completeUpload();
    }

    /** Returns what makes one history of the replica follow another. */
    SimulatedHistories histories() {
        return histories;
    }

    void step() {
        int dice = random.nextInt(100);
        if (dice < 50) {
            write();
        } else if (dice < 75) {
            compact(dice < 65 ? 1 : dice < 71 ? 2 : 3);
        } else if (dice < 82) {
            snapshot();
        } else if (dice < 95) {
            retire();
        } else if (dice < 97) {
            histories.fork();
        } else if (dice < 98) {
            histories.reset();
        } else {
            loseFile();
        }
    }

    void write() {
        trace.note("write %s", primary.write().label());
    }

    void compact(int level) {
        trace.note("compact to level %d", level);
        primary.compact(level);
    }

    void snapshot() {
        trace.note("snapshot of %s", primary.txid());
        primary.snapshot();
    }

    /** What overwrites an older history stays on level 0 for longer than a follower goes without a look. */
    void retire() {
        if (!overlaps()) {
            trace.note("retention");
            boolean wasReachable = isNewestReachable();
            retention.apply(store, time.now());
            if (wasReachable && !isNewestReachable()) {
                // Retention trusts what files held beside a snapshot, also after a fork that left no snapshot.
                trace.note("retention deletes what nothing else holds");
                filesAreLost();
            }
        }
    }

    private boolean isNewestReachable() {
        return !primary.txid().equals(Txid.NONE)
                && planned(new Target.AtTxid(primary.txid())).isPresent();
    }

    /** Takes note that another database begins. */
    void begunAgain() {
        filesLost = false;
        hasHoles = false;
    }

    /** Tells whether the replica's levels hold all that they seem to. */
    boolean hasHoles() {
        return hasHoles;
    }

    /** Tells whether there are no merged files and snapshots. */
    boolean leavesHoles() {
        return leavesHoles;
    }

    private void filesAreLost() {
        filesLost = true;
        hasHoles = true;
        losses++;
    }

    /** Tells whether files of a history that is being overwritten still stand beside those of the present one. */
    boolean overlaps() {
        return listing().stream().anyMatch(file -> file.max().isAfter(primary.txid()));
    }

    private List<LtxFile> listingOfThePresent() {
        return listing().stream()
                .filter(file -> !file.max().isAfter(primary.txid()))
                .toList();
    }

    private void loseFile() {
        List<LtxFile> files = listing();
        if (!files.isEmpty() && !leavesHoles && !overlaps()) {
            LtxFile lost = files.get(random.nextInt(files.size()));
            trace.note("lose %s", lost.label());
            store.delete(lost.level(), lost.name());
            filesAreLost();
        }
    }

    /** Writes two transactions, of which the first is lost: nothing leads to the second. */
    boolean leaveGap() {
        if (leavesHoles || hasHoles) {
            return false;
        }
        LtxFile lost = primary.write();
        primary.completeUpload();
        write();
        primary.completeUpload();
        trace.note("leave a gap at %s", lost.label());
        store.delete(lost.level(), lost.name());
        return true;
    }

    /** Makes whole what can be, as a primary does sooner or later. */
    void heal() {
        primary.completeUpload();
        if (primary.txid().equals(Txid.NONE)) {
            write();
        }
        if (filesLost) {
            primary.snapshot();
            filesLost = false;
        }
        primary.completeUpload();
    }

    /**
     * Tells whether some file is of a time at which the clock was behind what it had been before. Such a file may look
     * like one of a history that was left since, and there may be no way to the newest state without it.
     */
    boolean hasFilesOfClockSetBack() {
        return listing().stream().map(this::timeOf).anyMatch(primary.memory()::wasStampedBehind);
    }

    /**
     * Waits until the clock is beyond all that it was, and makes a snapshot, as a primary does sooner or later. One
     * that never makes any, nor merges, cannot bring back what looked like files of the history before: it begins
     * again.
     */
    void letClockCatchUp() {
        trace.note("clock catches up");
        time.advance(primary.memory().clockBehind().plusMillis(1));
        if (leavesHoles) {
            histories.reset();
            write();
        } else if (random.nextBoolean()) {
            write();
        }
        primary.snapshot();
        primary.completeUpload();
    }

    /** Tells whether what the primary has can be had from the replica. */
    boolean isWhole() {
        return !filesLost && !primary.txid().equals(Txid.NONE);
    }

    /** Returns a number that grows when the replica may go back. */
    int era() {
        return primary.eras() + losses;
    }

    List<LtxFile> listing() {
        List<LtxFile> files = new ArrayList<>();
        Level.ALL.forEach(level -> files.addAll(store.list(level, Txid.NONE)));
        return files;
    }

    DatabaseImage imageOf(Snapshot view) {
        return primary.imageOf(view.txid(), view.timestamp())
                .orElseThrow(() -> new AssertionError("there never was " + view));
    }

    /** Compares where the pages of a view lie, whatever reading them would bring, with what the primary put there. */
    void checkPlaces(Snapshot view) {
        DatabaseImage image = imageOf(view);
        PageMap places = view.pages();
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            SourceFile source = places.sourceOf(pgno);
            if (source != null) {
                DatabaseImage there = primary.memory().imageOf(source.file).orElseThrow();
                if (pgno > there.commit().pages() || !Arrays.equals(there.page(pgno), image.page(pgno))) {
                    throw new AssertionError("page %d of %s is not in %s".formatted(pgno, view, source.label()));
                }
            }
        }
    }

    /** Tells whether the replica's files lead to a view beyond doubt: to its transaction, made at its time. */
    boolean isReachable(Snapshot view) {
        try {
            LtxFile last = RestorePlanner.plan(listingOfThePresent(), new Target.AtTxid(view.txid()))
                    .files()
                    .getLast();
            return !last.level().isSnapshot()
                    && LtxTimes.of(store, last).filter(view.timestamp()::equals).isPresent();
        } catch (PlanException _) {
            return false;
        }
    }

    /** Returns the transaction that a plan for a target ends at, if the files lead there. */
    Optional<Txid> planned(Target target) {
        try {
            return Optional.of(RestorePlanner.plan(listingOfThePresent(), target, this::timeOf)
                    .txid());
        } catch (PlanException _) {
            return Optional.empty();
        }
    }

    /** Returns the time in a file's header; now if only a part of the file can be seen. */
    Instant timeOf(LtxFile file) {
        return LtxTimes.of(store, file).orElseGet(time::now);
    }
}
