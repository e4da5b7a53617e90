package litestream4j.sqlite;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Optional;

/**
 * Points in time as people write them: {@code 2026-01-15 10:30}, {@code 5 minutes ago}, {@code yesterday at 10:30},
 * {@code 1700000000}. A small grammar of its own, since a wrong instant is worse than an error: every word must be
 * understood, a date must exist, and what can be read in two ways is refused. Without a zone it is UTC, never the
 * machine's.
 */
public final class TimeExpression {
    private TimeExpression() {}

    /**
     * Reads an expression, as {@code PRAGMA litestream_time} does.
     *
     * @param now what relative forms count from
     * @return empty if any part of it is not understood, and for {@code latest}, which is not a point in time
     */
    public static Optional<Instant> instant(String text, Instant now) {
        return parse(text, now).map(TimeText.Moment::instant);
    }

    /**
     * Reads an expression.
     *
     * @param now what relative forms count from; one reading of the clock
     * @return empty if any part of it is not understood. {@code latest} is not a point in time, so empty as well
     */
    static Optional<TimeText.Moment> parse(String text, Instant now) {
        Optional<TimeText.Moment> rfc3339 = TimeText.parse(text);
        if (rfc3339.isPresent()) {
            return rfc3339;
        }
        String words = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        ZonedDateTime utc = now.atZone(ZoneOffset.UTC);
        try {
            return UnixTime.parse(words)
                    .or(() -> CalendarTime.parse(words))
                    .or(() -> DayWords.parse(words, utc))
                    .or(() -> RelativeTime.parse(words, utc))
                    .map(instant -> new TimeText.Moment(instant, ZoneOffset.UTC))
                    .filter(TimeExpression::hasFourDigitYear);
        } catch (DateTimeException | ArithmeticException | NumberFormatException _) {
            // A date that does not exist, or a number beyond all dates.
            return Optional.empty();
        }
    }

    /** RFC 3339 can show no other, and no replica is of another. */
    private static boolean hasFourDigitYear(TimeText.Moment moment) {
        int year = moment.instant().atZone(ZoneOffset.UTC).getYear();
        return year >= 0 && year <= 9999;
    }
}
