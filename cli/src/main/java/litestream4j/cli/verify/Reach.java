package litestream4j.cli.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import litestream4j.engine.PlanException;
import litestream4j.engine.RestorePlanner;
import litestream4j.engine.Target;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * Which state the files that are in order lead to.
 *
 * @param plan its files; empty if there is none
 */
record Reach(List<LtxFile> plan, List<Finding> findings) {
    static Reach of(List<LtxFile> files, Set<LtxFile> damaged) {
        List<LtxFile> whole = files.stream()
                .filter(file -> !damaged.contains(file))
                .filter(file -> file.name().isSnapshot() || !file.level().isSnapshot())
                .toList();
        List<Finding> findings = new ArrayList<>();
        Txid newest =
                files.stream().map(LtxFile::max).max(Comparator.naturalOrder()).orElse(Txid.NONE);
        try {
            List<LtxFile> plan = RestorePlanner.plan(whole, Target.LATEST).files();
            Txid reached = plan.getLast().max();
            if (reached.isBefore(newest)) {
                findings.add(Finding.missing(
                        "the newest state, txid %s, cannot be had; txid %s can".formatted(newest, reached)));
            } else if (!damaged.isEmpty()) {
                findings.add(
                        Finding.note("the newest state, txid %s, can still be had from other files".formatted(newest)));
            }
            return new Reach(plan, findings);
        } catch (PlanException e) {
            findings.add(
                    Finding.missing("the newest state, txid %s, cannot be had: %s".formatted(newest, e.getMessage())));
            return new Reach(List.of(), findings);
        }
    }
}
