package litestream4j.cli.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import litestream4j.engine.RestorePlanner;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * A way through a replica from its oldest state to its newest: along the files of levels 0 to 8, past each snapshot.
 *
 * @param steps in order
 * @param notes what cannot be compared, for people
 */
record Walk(List<Step> steps, List<String> notes) {
    /** What is done with a file. */
    enum Use {
        /** It leads on. */
        APPLY,
        /** A snapshot of the transaction that is reached: it has to hold the same pages. */
        COMPARE,
        /** A snapshot to begin anew with, since nothing else leads to its transaction. */
        RESTART
    }

    record Step(LtxFile file, Use use) {}

    /**
     * Plans a way.
     *
     * @param files that can be used; of all levels
     */
    static Walk plan(List<LtxFile> files) {
        List<Step> steps = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<LtxFile> snapshots = files.stream()
                .filter(file -> file.level().isSnapshot() && file.name().isSnapshot())
                .sorted(Comparator.comparing(LtxFile::max))
                .toList();
        Txid reached = Txid.NONE;
        for (LtxFile snapshot : snapshots) {
            Txid wanted = snapshot.max();
            List<LtxFile> leading =
                    files.stream().filter(file -> !file.max().isAfter(wanted)).toList();
            List<LtxFile> chain = RestorePlanner.chain(leading, reached);
            boolean exact =
                    wanted.equals(chain.isEmpty() ? reached : chain.getLast().max());
            if (exact) {
                chain.forEach(file -> steps.add(new Step(file, Use.APPLY)));
                steps.add(new Step(snapshot, Use.COMPARE));
            } else {
                if (!reached.equals(Txid.NONE)) {
                    notes.add("%s cannot be compared: no other files lead to its transaction any more"
                            .formatted(snapshot.label()));
                }
                steps.add(new Step(snapshot, Use.RESTART));
            }
            reached = wanted;
        }
        RestorePlanner.chain(files, reached).forEach(file -> steps.add(new Step(file, Use.APPLY)));
        return new Walk(List.copyOf(steps), List.copyOf(notes));
    }
}
