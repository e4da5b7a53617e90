package litestream4j.cli.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.jspecify.annotations.Nullable;

/** What the names, times and page sizes of the files say, level by level. */
final class Layout {
    private final List<Finding> findings = new ArrayList<>();

    /**
     * Looks at a listing.
     *
     * @param headers of the files that could be read
     */
    static List<Finding> check(List<LtxFile> files, Map<LtxFile, LtxHeader> headers) {
        Layout layout = new Layout();
        for (Level level : Level.ALL) {
            List<LtxFile> sorted = files.stream()
                    .filter(file -> file.level().equals(level))
                    .sorted(LtxFile.BY_NAME)
                    .toList();
            layout.places(level, sorted);
            if (!level.isSnapshot()) {
                layout.sequence(level, sorted);
                layout.times(sorted, headers);
            }
        }
        layout.pageSizes(files, headers);
        return layout.findings;
    }

    private void places(Level level, List<LtxFile> files) {
        for (LtxFile file : files) {
            if (level.isSnapshot() && !file.name().isSnapshot()) {
                findings.add(new Finding(
                        Finding.Severity.DAMAGE,
                        file.label() + ": out of place: level 9 holds snapshots, which begin at transaction 1",
                        file.label(),
                        null));
            }
            if (level.equals(Level.L0) && !file.min().equals(file.max())) {
                findings.add(new Finding(
                        Finding.Severity.WARNING,
                        file.label() + ": out of place: level 0 holds one transaction a file",
                        file.label(),
                        null));
            }
        }
    }

    private void sequence(Level level, List<LtxFile> files) {
        Txid end = Txid.NONE;
        @Nullable LtxFile before = null;
        for (LtxFile file : files) {
            if (before != null && file.min().isAfter(end.next())) {
                findings.add(Finding.warning("%s: gap: %s is followed by %s; transactions %s to %s are missing here"
                        .formatted(
                                level,
                                before.name(),
                                file.name(),
                                end.next(),
                                new Txid(file.min().value() - 1))));
            }
            if (before != null && !file.min().isAfter(end)) {
                findings.add(Finding.warning(
                        "%s: overlap: %s begins before %s ends".formatted(level, file.name(), before.name())));
            }
            if (file.max().isAfter(end)) {
                end = file.max();
                before = file;
            }
        }
    }

    private void times(List<LtxFile> files, Map<LtxFile, LtxHeader> headers) {
        Instant latest = Instant.MIN;
        for (LtxFile file : files) {
            LtxHeader header = headers.get(file);
            if (header == null) {
                continue;
            }
            if (header.timestamp().isBefore(latest)) {
                findings.add(Finding.warning(
                        "%s: its time, %s, is before that of an earlier transaction, %s; looking back may miss it"
                                .formatted(file.label(), header.timestamp(), latest)));
            } else {
                latest = header.timestamp();
            }
        }
    }

    private void pageSizes(List<LtxFile> files, Map<LtxFile, LtxHeader> headers) {
        int expected = 0;
        for (LtxFile file : files) {
            LtxHeader header = headers.get(file);
            if (header == null) {
                continue;
            }
            int found = header.pageSize().bytes();
            expected = expected == 0 ? found : expected;
            if (found != expected) {
                findings.add(new Finding(
                        Finding.Severity.DAMAGE,
                        "%s: page size at byte 8: expected %d as in the other files, found %d"
                                .formatted(file.label(), expected, found),
                        file.label(),
                        null));
            }
        }
    }
}
