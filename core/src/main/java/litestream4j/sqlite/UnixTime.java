package litestream4j.sqlite;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time since 1970 in digits. Their number tells the unit; where it could be something else there is no instant. */
final class UnixTime {
    private static final Pattern SECONDS = Pattern.compile("@?(\\d{9,10}(?:\\.\\d{1,9})?)");
    private static final Pattern MILLIS = Pattern.compile("\\d{13}");
    private static final Pattern NANOS = Pattern.compile("\\d{19}");

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private UnixTime() {}

    static Optional<Instant> parse(String text) {
        Matcher seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            long nanos = new BigDecimal(seconds.group(1)).movePointRight(9).longValueExact();
            return Optional.of(ofNanos(nanos));
        }
        if (MILLIS.matcher(text).matches()) {
            return Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
        }
        if (NANOS.matcher(text).matches()) {
            return Optional.of(ofNanos(Long.parseLong(text)));
        }
        return Optional.empty();
    }

    private static Instant ofNanos(long nanos) {
        return Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
    }
}
