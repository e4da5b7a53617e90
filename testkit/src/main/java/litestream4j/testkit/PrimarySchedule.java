package litestream4j.testkit;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How often a primary does what. The schedules of production show a compaction in half a minute and a snapshot in
 * a day; these are for tests.
 *
 * @param monitor how often the database is looked at
 * @param sync how often L0 files are uploaded
 * @param levels the intervals of L1, L2, ...: at least one, each a multiple of the one before
 * @param snapshot how often a snapshot is made
 * @param snapshotRetention how long snapshots are kept, and with them the compacted files
 * @param l0Retention how long L0 files are kept once L1 has them; 0 keeps them for ever
 */
public record PrimarySchedule(
        Duration monitor,
        Duration sync,
        List<Duration> levels,
        Duration snapshot,
        Duration snapshotRetention,
        Duration l0Retention) {
    /** In half a minute: several files on L1 and L2, snapshots, and deletions on every level. */
    public static final PrimarySchedule FAST = new PrimarySchedule(
            Duration.ofMillis(100),
            Duration.ofMillis(150),
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(6)),
            Duration.ofSeconds(8),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5));

    /** Every transaction stays on L0; the rest happens once, in the first seconds. */
    public static final PrimarySchedule L0_ONLY = new PrimarySchedule(
            Duration.ofMillis(100),
            Duration.ofMillis(150),
            List.of(Duration.ofHours(1)),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ZERO);

    public PrimarySchedule {
        levels = List.copyOf(levels);
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("levels must not be empty: the primary needs an L1");
        }
    }

    public PrimarySchedule withLevels(Duration... intervals) {
        return new PrimarySchedule(monitor, sync, List.of(intervals), snapshot, snapshotRetention, l0Retention);
    }

    public PrimarySchedule withSnapshots(Duration interval, Duration retention) {
        return new PrimarySchedule(monitor, sync, levels, interval, retention, l0Retention);
    }

    public PrimarySchedule withL0Retention(Duration retention) {
        return new PrimarySchedule(monitor, sync, levels, snapshot, snapshotRetention, retention);
    }

    /** Returns the part of the primary's configuration file that stands outside the list of databases. */
    String toYaml() {
        String intervals = levels.stream()
                .map(interval -> "{interval: " + text(interval) + "}")
                .collect(Collectors.joining(", "));
        return """
                levels: [%s]
                snapshot: {interval: %s, retention: %s}
                l0-retention: %s
                l0-retention-check-interval: 1s
                """.formatted(intervals, text(snapshot), text(snapshotRetention), text(l0Retention));
    }

    static String text(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
