package litestream4j.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/** Chooses the files for a target. Pure: what it knows is the listing that it is given. */
public final class RestorePlanner {
    /** The newest snapshot: level 9 files all begin at 1, so the last transaction decides. */
    private static final Comparator<LtxFile> NEWEST_SNAPSHOT =
            Comparator.comparing(LtxFile::max).thenComparing(LtxFile::min, Comparator.reverseOrder());

    /**
     * The best file to go on with: the one that leads farthest. Among equals the one that holds most, on the
     * highest level (it is deleted last).
     */
    private static final Comparator<LtxFile> BEST_EXTENSION = Comparator.comparing(LtxFile::max)
            .thenComparing(LtxFile::min, Comparator.reverseOrder())
            .thenComparing(LtxFile::level)
            .thenComparing(LtxFile::createdAt, Comparator.reverseOrder());

    private RestorePlanner() {}

    /** Plans with the times of the listing. */
    public static RestorePlan plan(List<LtxFile> files, Target target) throws PlanException {
        return plan(files, target, LtxFile::createdAt);
    }

    /**
     * Plans a target.
     *
     * @param files a listing of all levels, in any order
     * @param timeOf the time of a file's last transaction, as well as it is known
     * @throws PlanException.NotAvailable if nothing leads to the target
     * @throws PlanException.Gap if an eligible file lies beyond the end of the chain, and no later files lead to it
     */
    public static RestorePlan plan(List<LtxFile> files, Target target, Function<LtxFile, Instant> timeOf)
            throws PlanException {
        List<LtxFile> eligible =
                files.stream().filter(eligibility(target, timeOf)).toList();
        List<LtxFile> chosen = new ArrayList<>();
        newestSnapshot(eligible).ifPresent(chosen::add);
        Txid end = chosen.isEmpty() ? Txid.NONE : chosen.getLast().max();
        List<LtxFile> chain = chain(eligible, end);
        chosen.addAll(chain);
        if (!chain.isEmpty()) {
            end = chain.getLast().max();
        }
        check(files, eligible, target, end, timeOf);
        return new RestorePlan(chosen);
    }

    /** Returns the snapshot that leads farthest, if there is any. */
    public static Optional<LtxFile> newestSnapshot(List<LtxFile> files) {
        return files.stream().filter(file -> file.level().isSnapshot()).max(NEWEST_SNAPSHOT);
    }

    /**
     * Returns the files of levels 0 to 8 that lead on from a transaction, in order; empty if none does.
     *
     * @param files in any order
     * @param from the transaction that is reached already
     */
    public static List<LtxFile> chain(List<LtxFile> files, Txid from) {
        List<LtxFile> sorted = files.stream()
                .filter(file -> !file.level().isSnapshot() && file.max().isAfter(from))
                .sorted(LtxFile.BY_NAME)
                .toList();
        List<LtxFile> chain = new ArrayList<>();
        Txid end = from;
        Optional<LtxFile> best = Optional.empty();
        int next = 0;
        while (true) {
            // Sorted by first transaction: each file is looked at once, and stays a candidate for later steps
            // only through the best one, since no other leads farther.
            while (next < sorted.size() && !sorted.get(next).min().isAfter(end.next())) {
                LtxFile file = sorted.get(next++);
                if (best.isEmpty() || BEST_EXTENSION.compare(file, best.get()) > 0) {
                    best = Optional.of(file);
                }
            }
            if (best.isEmpty() || !best.get().max().isAfter(end)) {
                return chain;
            }
            chain.add(best.get());
            end = best.get().max();
        }
    }

    /** Returns the first transaction beyond a gap after the given one, if the listing shows any. */
    public static Optional<Txid> beyondGap(List<LtxFile> files, Txid end) {
        return files.stream()
                .filter(file -> !file.level().isSnapshot())
                .map(LtxFile::min)
                .filter(min -> min.isAfter(end.next()))
                .min(Comparator.naturalOrder());
    }

    private static Predicate<LtxFile> eligibility(Target target, Function<LtxFile, Instant> timeOf) {
        return switch (target) {
            case Target.Latest _ -> _ -> true;
            case Target.AtTxid(Txid txid) -> file -> !file.max().isAfter(txid);
            case Target.Before(Instant time) -> file -> timeOf.apply(file).isBefore(time);
        };
    }

    private static void check(
            List<LtxFile> files, List<LtxFile> eligible, Target target, Txid end, Function<LtxFile, Instant> timeOf)
            throws PlanException {
        switch (target) {
            case Target.Latest _ -> {
                if (end.equals(Txid.NONE)) {
                    throw new PlanException.NotAvailable(missingStart(files));
                }
            }
            case Target.AtTxid(Txid txid) -> {
                if (!end.equals(txid)) {
                    throw new PlanException.NotAvailable("no set of files ends at " + txid
                            + (end.equals(Txid.NONE) ? "" : ", the nearest earlier one is " + end));
                }
                return;
            }
            case Target.Before(Instant time) -> {
                if (end.equals(Txid.NONE)) {
                    throw new PlanException.NotAvailable(earliest(files, time, timeOf));
                }
            }
        }
        Optional<Txid> beyond = beyondGap(eligible, end);
        if (beyond.isPresent() && !leads(files, end, beyond.get())) {
            throw new PlanException.Gap(end, beyond.get());
        }
    }

    /**
     * Tells whether nothing is missing between two transactions, only merged with what came after the wanted time:
     * retention deletes the single files of a merged one oldest first, and those at its end are left alone for a while.
     */
    private static boolean leads(List<LtxFile> files, Txid from, Txid beyond) {
        List<LtxFile> chain = chain(files, from);
        return !chain.isEmpty() && !chain.getLast().max().next().isBefore(beyond);
    }

    private static String missingStart(List<LtxFile> files) {
        return files.stream()
                .min(LtxFile.BY_NAME)
                .map(first -> "no file begins at transaction 1, the first is " + first.label())
                .orElse("the replica holds no files yet");
    }

    private static String earliest(List<LtxFile> files, Instant time, Function<LtxFile, Instant> timeOf) {
        return files.stream()
                .filter(file -> file.name().isSnapshot())
                .map(timeOf)
                .min(Comparator.naturalOrder())
                .map(first -> "the earliest state is of " + first + ", which is not before " + time)
                .orElseGet(() -> missingStart(files));
    }
}
