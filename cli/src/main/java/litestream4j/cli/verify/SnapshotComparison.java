package litestream4j.cli.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import litestream4j.cli.output.Amounts;
import litestream4j.cli.restore.Chain;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxReader;

/**
 * A snapshot beside the state that other files lead to, which has to be the same.
 *
 * @param snapshot names it in messages
 * @param commit of the snapshot
 * @param chained size by the other files
 * @param differing how many pages are not the same, of those that both have
 * @param examples the first of them
 */
record SnapshotComparison(String snapshot, Commit commit, Commit chained, long differing, List<Long> examples) {
    private static final int EXAMPLES_MAX = 5;

    /** Compares; the snapshot is what holds from then on, as it is for readers. */
    static SnapshotComparison of(String label, LtxReader reader, Chain chain) throws IOException {
        if (!reader.header().pageSize().equals(chain.pages().pageSize())) {
            throw new LtxFormatException(
                    label,
                    8,
                    "page size",
                    chain.pages().pageSize().bytes() + " as in the other files",
                    reader.header().pageSize().bytes());
        }
        Commit chained = chain.last().commit();
        byte[] page = new byte[chain.pages().pageSize().bytes()];
        long differing = 0;
        List<Long> examples = new ArrayList<>();
        while (reader.next()) {
            boolean isInBoth = reader.pgno() <= chained.pages();
            if (isInBoth) {
                chain.pages().read(reader.pgno(), page);
            }
            if (!isInBoth || !Arrays.equals(page, reader.page())) {
                chain.pages().write(reader.pgno(), reader.page());
                differing += isInBoth ? 1 : 0;
                if (isInBoth && examples.size() < EXAMPLES_MAX) {
                    examples.add(reader.pgno());
                }
            }
        }
        chain.confirm(reader);
        return new SnapshotComparison(label, reader.header().commit(), chained, differing, List.copyOf(examples));
    }

    boolean isSame() {
        return differing == 0 && commit.equals(chained);
    }

    Finding finding() {
        String what = differing == 0
                ? "%d pages instead of %d".formatted(commit.pages(), chained.pages())
                : "it differs in %s: %s%s"
                        .formatted(
                                Amounts.count(differing, "page"),
                                examples.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                                differing > examples.size() ? ", ..." : "");
        return new Finding(
                Finding.Severity.DAMAGE,
                "%s: is not the state that the other files lead to: %s".formatted(snapshot, what),
                snapshot,
                null);
    }
}
