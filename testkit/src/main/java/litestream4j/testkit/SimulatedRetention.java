package litestream4j.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;

/**
 * Deletes files as Litestream does: of level 0 what level 1 has and is old enough; old snapshots; and of the levels
 * between what lies before the snapshots. The newest file of a level always stays.
 *
 * @param level0 least age of a file of level 0
 * @param snapshots least age of a snapshot
 * @param keepsFromOldestSnapshot whether levels 1 to 8 are kept from the oldest snapshot that stays on, as releases
 *     before July 2026 do; else from the newest one that is deleted
 */
public record SimulatedRetention(Duration level0, Duration snapshots, boolean keepsFromOldestSnapshot) {
    /** Deletes what is too old. */
    public void apply(MemoryReplica replica, Instant now) {
        applyToLevel0(replica, now.minus(level0));
        applyToSnapshots(replica, now.minus(snapshots));
    }

    private static void applyToLevel0(MemoryReplica replica, Instant oldest) {
        Txid merged = last(replica.list(new Level(1), Txid.NONE));
        List<LtxFile> files = replica.list(Level.L0, Txid.NONE);
        for (LtxFile file : files.subList(0, Math.max(0, files.size() - 1))) {
            if (file.max().isAfter(merged) || !file.createdAt().isBefore(oldest)) {
                return;
            }
            replica.delete(Level.L0, file.name());
        }
    }

    private void applyToSnapshots(MemoryReplica replica, Instant oldest) {
        List<LtxFile> files = replica.list(Level.SNAPSHOT, Txid.NONE);
        Txid newest = last(files);
        List<LtxFile> deleted = files.stream()
                .filter(file -> !file.max().equals(newest) && file.createdAt().isBefore(oldest))
                .toList();
        deleted.forEach(file -> replica.delete(Level.SNAPSHOT, file.name()));
        Optional<Txid> keepFrom = keepsFromOldestSnapshot
                ? replica.list(Level.SNAPSHOT, Txid.NONE).stream()
                        .map(LtxFile::max)
                        .min(Comparator.naturalOrder())
                : deleted.stream().map(LtxFile::max).max(Comparator.naturalOrder());
        keepFrom.ifPresent(from -> applyToMergedLevels(replica, from));
    }

    private static void applyToMergedLevels(MemoryReplica replica, Txid keepFrom) {
        for (Level level : Level.ALL) {
            if (level.equals(Level.L0) || level.isSnapshot()) {
                continue;
            }
            List<LtxFile> files = replica.list(level, Txid.NONE);
            for (LtxFile file : files.subList(0, Math.max(0, files.size() - 1))) {
                if (file.max().isBefore(keepFrom)) {
                    replica.delete(level, file.name());
                }
            }
        }
    }

    private static Txid last(List<LtxFile> files) {
        return files.stream().map(LtxFile::max).max(Comparator.naturalOrder()).orElse(Txid.NONE);
    }
}
