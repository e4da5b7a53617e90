package litestream4j.ltx;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an LTX file, which says the transactions in it: {@code <minTXID>-<maxTXID>.ltx}.
 *
 * @param min the first transaction
 * @param max the last transaction
 */
public record LtxFileName(Txid min, Txid max) implements Comparable<LtxFileName> {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{16}\\.ltx");

    private static final Comparator<LtxFileName> ORDER =
            Comparator.comparing(LtxFileName::min).thenComparing(LtxFileName::max);

    public LtxFileName {
        if (min.value() == 0 || max.isBefore(min)) {
            throw new IllegalArgumentException("not a range of transactions: " + min + "-" + max);
        }
    }

    /** Names the file of one transaction, as on level 0. */
    public static LtxFileName of(Txid txid) {
        return new LtxFileName(txid, txid);
    }

    /**
     * Reads a file name.
     *
     * @return empty for everything else that may lie in a replica's folder: upper-case names, files of
     *     running uploads, leases
     */
    public static Optional<LtxFileName> parse(String name) {
        if (!FORM.matcher(name).matches()) {
            return Optional.empty();
        }
        Txid min = Txid.parse(name.substring(0, 16)).orElseThrow();
        Txid max = Txid.parse(name.substring(17, 33)).orElseThrow();
        return min.value() == 0 || max.isBefore(min) ? Optional.empty() : Optional.of(new LtxFileName(min, max));
    }

    /** Tells whether the file holds the whole database, which every file from the first transaction on does. */
    public boolean isSnapshot() {
        return min.value() == 1;
    }

    // See Txid.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LtxFileName that && min.equals(that.min) && max.equals(that.max);
    }

    @Override
    public int hashCode() {
        return 31 * min.hashCode() + max.hashCode();
    }

    @Override
    public int compareTo(LtxFileName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return min + "-" + max + ".ltx";
    }
}
