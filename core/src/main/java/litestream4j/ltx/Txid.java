package litestream4j.ltx;

import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction ID of a replicated database: an unsigned 64-bit number. The first transaction is 1;
 * 0 stands for the empty state before it.
 *
 * @param value the number; compare only as unsigned
 */
public record Txid(long value) implements Comparable<Txid> {
    /** The state before the first transaction. */
    public static final Txid NONE = new Txid(0);

    private static final int TEXT_LENGTH = 16;

    /**
     * Reads the text form: exactly 16 hexadecimal digits, in upper or lower case.
     *
     * @return empty if the text is of any other form
     */
    public static Optional<Txid> parse(String text) {
        if (text.length() != TEXT_LENGTH || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.empty();
        }
        return Optional.of(new Txid(HexFormat.fromHexDigitsToLong(text)));
    }

    /** Returns the ID that follows this one. */
    public Txid next() {
        return new Txid(value + 1);
    }

    public boolean isBefore(Txid other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Txid other) {
        return compareTo(other) > 0;
    }

    // Written out, as in all records that an open compares: those of the compiler's making are linked when they are
    // first called, by code generated then, which no AOT cache holds, so that the first open of a process waits for it.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Txid that && value == that.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(Txid other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** Returns 16 lower-case hexadecimal digits, as in file names and PRAGMAs. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
