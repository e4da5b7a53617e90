package litestream4j.engine;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of durations in settings: one or more numbers with a unit and no blanks, such as {@code 500ms},
 * {@code 1.5h} or {@code 1m30s}; a sign may stand in front; {@code 0} needs no unit. Units are {@code ns}, {@code us}
 * (or {@code µs}), {@code ms}, {@code s}, {@code m} and {@code h}.
 */
public final class DurationText {
    /** The accepted form, for messages. */
    public static final String FORM = "a duration such as 500ms, 1.5h or 1m30s";

    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");

    /** Longer text holds no duration that fits; the bound keeps the arithmetic small. */
    private static final int LENGTH_MAX = 64;

    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "\u00b5s", 1_000L, // micro sign
            "\u03bcs", 1_000L, // Greek letter mu
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private DurationText() {}

    /**
     * Reads a duration. Fractions of a nanosecond are cut off.
     *
     * @return empty if the text has another form, or means more than 2^63 - 1 nanoseconds (292 years)
     */
    public static Optional<Duration> parse(String text) {
        boolean negative = text.startsWith("-");
        String amount = negative || text.startsWith("+") ? text.substring(1) : text;
        if (amount.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        if (amount.isEmpty() || amount.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        Matcher part = PART.matcher(amount);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (end < amount.length()) {
            if (!part.find(end) || part.start() != end) {
                return Optional.empty();
            }
            Long unit = NANOS.get(part.group(2));
            if (unit == null) {
                throw new AssertionError("unit without a value: " + part.group(2));
            }
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            end = part.end();
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return Optional.empty();
        }
        long whole = nanos.longValue();
        return Optional.of(Duration.ofNanos(negative ? -whole : whole));
    }
}
