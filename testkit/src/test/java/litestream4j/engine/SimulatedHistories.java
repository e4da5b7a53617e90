package litestream4j.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.testkit.SimulatedPrimary;

/**
 * Makes one history of a {@link SimulatedReplica} follow another: its database is begun again, or set back, at once or
 * in steps that others see.
 */
final class SimulatedHistories {
    private final SimulatedReplica replica;
    private final SimulatedPrimary primary;
    private final SplittableRandom random;
    private final FakeTime time;
    private final Trace trace;

    /** What is left to do of a change that takes its time. */
    private final Deque<Runnable> steps = new ArrayDeque<>();

    SimulatedHistories(SimulatedReplica replica, SplittableRandom random, FakeTime time, Trace trace) {
        this.replica = replica;
        this.primary = replica.primary;
        this.random = random;
        this.time = time;
        this.trace = trace;
    }

    void reset() {
        trace.note("reset at %s", primary.txid());
        primary.reset(random.nextInt(4) == 0 ? new PageSize(1024) : primary.pageSize());
        replica.begunAgain();
        if (random.nextBoolean()) {
            replica.write();
        }
    }

    void fork() {
        if (primary.txid().equals(Txid.NONE)) {
            return;
        }
        Txid end = new Txid(1 + random.nextLong(primary.txid().value()));
        Txid old = primary.txid();
        if (fork(end) && random.nextInt(3) == 0) {
            overtake(old);
        }
    }

    private boolean fork(Txid end) {
        if (!canGoOnFrom(end)) {
            return false;
        }
        trace.note("fork of %s at %s", primary.txid(), end);
        primary.fork(end);
        return true;
    }

    private boolean canGoOnFrom(Txid end) {
        if (replica.hasHoles()) {
            return false;
        }
        try {
            RestorePlanner.plan(replica.listing(), new Target.AtTxid(end));
            return true;
        } catch (PlanException _) {
            return false;
        }
    }

    /**
     * Goes back before the eyes of those who follow, and overwrites the history file by file.
     *
     * @return whether that was possible
     */
    boolean overwrite() {
        if (primary.txid().value() < 2 || replica.overlaps() || primary.isUploading()) {
            return false;
        }
        Txid end = new Txid(1 + random.nextLong(primary.txid().value() - 1));
        if (!canGoOnFrom(end)) {
            return false;
        }
        for (int unseen = random.nextInt(4); unseen > 1; unseen--) {
            replica.write();
        }
        primary.completeUpload();
        time.advance(NextFiles.SEEN_MAX.plusMillis(1 + random.nextInt(20_000)));
        goBack(end, random.nextBoolean());
        for (int i = random.nextInt(4); i >= 0; i--) {
            replica.write();
        }
        return true;
    }

    private void goBack(Txid end, boolean inSameWal) {
        trace.note("goes back from %s to %s, in the same WAL: %s", primary.txid(), end, inSameWal);
        if (inSameWal) {
            primary.forkOverInSameWal(end);
        } else {
            primary.forkOver(end);
        }
    }

    /** Brings the new history to where the old one ended, and leaves of it a snapshot only. */
    private void overtake(Txid old) {
        while (primary.txid().isBefore(old)) {
            replica.write();
        }
        trace.note("snapshot of %s, and nothing else", old);
        primary.snapshot();
        primary.completeUpload();
        if (!replica.leavesHoles()) {
            replica.listing().stream()
                    .filter(file -> !file.level().isSnapshot())
                    .forEach(this::delete);
        }
    }

    private void delete(LtxFile file) {
        replica.store.delete(file.level(), file.name());
    }

    /** Another history grows in the time of one request, so that a listing sees one level of each. */
    void beginEra() {
        if (random.nextBoolean()) {
            reset();
        } else {
            fork();
        }
        for (int i = random.nextInt(8); i >= 0; i--) {
            replica.write();
        }
        replica.compact(1);
    }

    /**
     * Goes on from about a transaction, and grows.
     *
     * @param inSteps whether the files that are of the old history alone go one after the other, in any order, and what
     *     is to come waits until they are gone
     */
    void forkAt(Txid about, boolean inSteps) {
        Txid old = primary.txid();
        if (old.equals(Txid.NONE)) {
            return;
        }
        Txid end = near(about);
        if (!inSteps) {
            if (fork(end)) {
                if (random.nextInt(6) == 0) {
                    overtake(old);
                }
                growAnew();
            }
        } else if (canGoOnFrom(end)) {
            trace.note("fork of %s at %s, in steps", old, end);
            primary.forkOverAll(end);
            List<LtxFile> left = new ArrayList<>(replica.listing().stream()
                    .filter(file -> file.max().isAfter(end))
                    .toList());
            Collections.shuffle(left, new Random(random.nextLong()));
            left.forEach(file -> steps.add(() -> delete(file)));
            steps.add(this::growAnew);
        }
    }

    /** The database is another one, which grows to beyond about a transaction. */
    void resetAt(Txid about) {
        reset();
        Txid end = new Txid(about.value() + random.nextInt(3));
        while (primary.txid().isBefore(end) && random.nextInt(30) > 0) {
            replica.write();
        }
        grow();
    }

    /**
     * Goes back to before a transaction that all who follow have seen, and overwrites the history in steps.
     *
     * @param seen as of all who follow
     */
    void overwriteAt(Txid seen) {
        if (seen.value() < 2 || primary.txid().isBefore(seen) || replica.overlaps() || primary.isUploading()) {
            return;
        }
        Txid end = new Txid(1 + (random.nextBoolean() ? seen.value() - 2 : random.nextLong(seen.value() - 1)));
        if (!canGoOnFrom(end)) {
            return;
        }
        boolean inSameWal = random.nextBoolean();
        if (inSameWal) {
            time.advance(NextFiles.SEEN_MAX.plusMillis(1 + random.nextInt(2000)));
        }
        goBack(end, inSameWal);
        for (int i = random.nextInt(5); i >= 0; i--) {
            steps.add(replica::write);
            if (random.nextInt(4) == 0) {
                steps.add(() -> replica.compact(1));
            }
        }
    }

    private void growAnew() {
        for (int i = random.nextInt(4); i > 0; i--) {
            replica.write();
        }
        grow();
    }

    /** Goes on in the present history, with a transaction that does not go on where the last one ended. */
    void growInAnotherWal() {
        primary.beginWal();
        for (int i = random.nextInt(3); i >= 0; i--) {
            replica.write();
        }
    }

    /** Goes on in the present history. */
    void grow() {
        for (int i = random.nextInt(6); i > 0; i--) {
            switch (random.nextInt(9)) {
                case 0 -> replica.compact(1);
                case 1 -> {
                    replica.compact(1);
                    replica.compact(2);
                }
                case 2 -> replica.snapshot();
                case 3 -> {
                    replica.compact(1);
                    replica.retire();
                }
                case 4 -> {
                    primary.beginWal();
                    replica.write();
                }
                default -> replica.write();
            }
        }
    }

    /** Takes one more step of a change that takes its time, if there is one under way. */
    void goOn() {
        Runnable step = steps.poll();
        if (step != null) {
            trace.note("goes on");
            step.run();
        }
    }

    boolean isUnderWay() {
        return !steps.isEmpty();
    }

    /** Ends a change that takes its time. */
    void finish() {
        while (isUnderWay()) {
            goOn();
        }
    }

    private Txid near(Txid about) {
        long last = primary.txid().value();
        long end = switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextLong(last);
            case 1 -> last - random.nextInt(3);
            default -> about.value() + random.nextInt(3) - 1;
        };
        return new Txid(Math.clamp(end, 1, last));
    }
}
