package litestream4j.cli.verify;

import java.util.Comparator;
import java.util.List;
import litestream4j.ltx.LtxHeader;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about a replica.
 *
 * @param newest header of the last file of the newest state that can be had; null if none can
 * @param files how many were looked at
 * @param bytes how many they have together
 * @param applied how many files the newest state was put together from; by the newest snapshot on
 * @param compared how many snapshots hold the same pages as the other files that lead to their transaction
 * @param integrity what SQLite says of the newest state: {@code ok}, or its first complaint; null if not asked
 * @param findings worst first
 */
public record Verdict(
        @Nullable LtxHeader newest,
        int files,
        long bytes,
        int applied,
        int compared,
        @Nullable String integrity,
        List<Finding> findings) {
    public Verdict {
        findings = findings.stream()
                .sorted(Comparator.comparing(Finding::severity).reversed())
                .toList();
    }

    /** Tells what it comes to. */
    public Outcome outcome() {
        return switch (findings.isEmpty()
                ? Finding.Severity.NOTE
                : findings.getFirst().severity()) {
            case DAMAGE -> Outcome.DAMAGED;
            case MISSING -> Outcome.INCOMPLETE;
            case WARNING, NOTE -> Outcome.SOUND;
        };
    }

    /** What a replica is, in a word. */
    public enum Outcome {
        SOUND,
        INCOMPLETE,
        DAMAGED
    }
}
