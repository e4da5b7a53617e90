package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import litestream4j.interop.Golden.StampedFile;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;

/**
 * The life of a daemon's replica once more: its files appear one by one in a folder, and those of level 0 go when the
 * primary let them go.
 */
final class Replay {
    /** The retention of level 0 with which the samples were made. */
    private static final Duration L0_RETENTION = Duration.ofSeconds(5);

    /** One file as it appears. */
    private record Step(int level, LtxFileName name, StampedFile file) {
        /** A compacted file has the time of its last source, and appears up to an interval of its level later. */
        Instant appears() {
            return switch (level) {
                case 1 -> file.time().plusSeconds(1);
                case 2 -> file.time().plusSeconds(3);
                case 3 -> file.time().plusSeconds(9);
                default -> file.time();
            };
        }

        Path in(Path replica) {
            return replica.resolve("ltx/" + level + "/" + name);
        }
    }

    private final Path replica;
    private final Iterator<Step> steps;
    private final Set<String> kept = new HashSet<>();
    private final List<Step> levelZero = new ArrayList<>();
    private Txid compacted = Txid.NONE;

    Replay(Golden golden, String daemon, Path replica) throws IOException {
        this.replica = replica;
        for (StampedFile file : golden.files(daemon + "/ltx/0")) {
            kept.add(file.path().getFileName().toString());
        }
        this.steps = golden.files(daemon + "/all").stream()
                .map(Replay::step)
                .sorted(Comparator.comparing(Step::appears).thenComparingInt(Step::level))
                .iterator();
    }

    private static Step step(StampedFile file) {
        String[] parts = file.path().getFileName().toString().split("-", 2);
        return new Step(Integer.parseInt(parts[0]), LtxFileName.parse(parts[1]).orElseThrow(), file);
    }

    boolean hasMore() {
        return steps.hasNext();
    }

    /** Goes on until level 0 has a transaction. */
    void advanceTo(Txid txid) throws IOException {
        while (levelZero.isEmpty() || levelZero.getLast().name().max().isBefore(txid)) {
            advance();
        }
    }

    /** Goes on by one file. */
    void advance() throws IOException {
        Step step = steps.next();
        step.file().copyTo(step.in(replica));
        if (step.level() == 0) {
            levelZero.add(step);
        } else if (step.level() == 1) {
            compacted = step.name().max();
        }
        deleteBefore(step.appears().minus(L0_RETENTION));
    }

    private void deleteBefore(Instant time) throws IOException {
        for (Step step : levelZero) {
            boolean due =
                    step.file().time().isBefore(time) && !step.name().max().isAfter(compacted);
            if (due && !kept.contains(step.name().toString())) {
                Files.deleteIfExists(step.in(replica));
            }
        }
    }
}
