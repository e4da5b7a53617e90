package litestream4j.sqlite;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Distances from now: {@code 5 minutes ago}, {@code an hour and 10 minutes ago}, {@code -1h30m}, {@code PT90M},
 * {@code in 2 days}. Days and weeks are multiples of 24 hours, months and years steps of the calendar.
 */
final class RelativeTime {
    private static final Pattern PART =
            Pattern.compile("(?:(\\d+(?:\\.\\d+)?) ?|(an?|one|two|three|four|five|six|seven|eight|nine|ten) )([a-z]+)");

    private static final Pattern BETWEEN = Pattern.compile("(?:,? and |, ?| )?");

    private static final Pattern ISO_8601 = Pattern.compile(
            "p(?:(\\d+)w)?(?:(\\d+)d)?(?:t(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d{1,9})?)s)?)?(?<=[wdhms])");

    private static final List<String> WORDS =
            List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private static final Map<String, Duration> EXACT = new HashMap<>();
    private static final Map<String, Period> CALENDAR = new HashMap<>();

    static {
        name(EXACT, Duration.ofSeconds(1), "second", "seconds", "sec", "secs", "s");
        name(EXACT, Duration.ofMinutes(1), "minute", "minutes", "min", "mins", "m");
        name(EXACT, Duration.ofHours(1), "hour", "hours", "hr", "hrs", "h");
        name(EXACT, Duration.ofDays(1), "day", "days", "d");
        name(EXACT, Duration.ofDays(7), "week", "weeks", "w");
        name(CALENDAR, Period.ofMonths(1), "month", "months");
        name(CALENDAR, Period.ofYears(1), "year", "years", "y");
        name(CALENDAR, Period.ofYears(10), "decade", "decades");
    }

    private RelativeTime() {}

    private static <T> void name(Map<String, T> units, T unit, String... names) {
        for (String name : names) {
            units.put(name, unit);
        }
    }

    /** A distance: its calendar part is walked first. */
    private record Distance(Period period, Duration duration) {
        ZonedDateTime before(ZonedDateTime time) {
            return time.minus(period).minus(duration);
        }

        ZonedDateTime after(ZonedDateTime time) {
            return time.plus(period).plus(duration);
        }
    }

    /**
     * Reads a distance from now. Without {@code ago} it is the past as well; the future has to be said.
     *
     * @param text in lower case, with single blanks
     */
    static Optional<Instant> parse(String text, ZonedDateTime now) {
        String future = inner(text, "in ", "");
        if (future == null) {
            future = inner(text, "", " from now");
        }
        if (future != null) {
            return distance(future).map(distance -> distance.after(now).toInstant());
        }
        String past = text.startsWith("-") ? text.substring(1).strip() : text;
        String ago = inner(past, "", " ago");
        return distance(ago == null ? past : ago)
                .map(distance -> distance.before(now).toInstant());
    }

    private static @Nullable String inner(String text, String before, String after) {
        return text.length() > before.length() + after.length() && text.startsWith(before) && text.endsWith(after)
                ? text.substring(before.length(), text.length() - after.length())
                : null;
    }

    private static Optional<Distance> distance(String text) {
        Matcher iso = ISO_8601.matcher(text);
        if (iso.matches()) {
            return Optional.of(new Distance(
                    Period.ZERO,
                    times(iso.group(1), Duration.ofDays(7))
                            .plus(times(iso.group(2), Duration.ofDays(1)))
                            .plus(times(iso.group(3), Duration.ofHours(1)))
                            .plus(times(iso.group(4), Duration.ofMinutes(1)))
                            .plus(times(iso.group(5), Duration.ofSeconds(1)))));
        }
        return parts(text);
    }

    private static Optional<Distance> parts(String text) {
        Period period = Period.ZERO;
        Duration duration = Duration.ZERO;
        Matcher part = PART.matcher(text);
        Matcher between = BETWEEN.matcher(text);
        int at = 0;
        do {
            part.region(at, text.length());
            if (!part.lookingAt()) {
                return Optional.empty();
            }
            String amount = part.group(1) != null ? part.group(1) : word(part.group(2));
            Duration exact = EXACT.get(part.group(3));
            Period calendar = CALENDAR.get(part.group(3));
            if (exact != null) {
                duration = duration.plus(times(amount, exact));
            } else if (calendar != null) {
                period = period.plus(calendar.multipliedBy(Integer.parseInt(amount)));
            } else {
                return Optional.empty();
            }
            between.region(part.end(), text.length());
            at = between.lookingAt() ? between.end() : part.end();
        } while (at < text.length());
        return part.end() == text.length() ? Optional.of(new Distance(period, duration)) : Optional.empty();
    }

    private static String word(String word) {
        return word.startsWith("a") ? "1" : Integer.toString(WORDS.indexOf(word) + 1);
    }

    private static Duration times(@Nullable String amount, Duration unit) {
        if (amount == null) {
            return Duration.ZERO;
        }
        BigDecimal nanos = new BigDecimal(amount).multiply(BigDecimal.valueOf(unit.toNanos()));
        return Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
    }
}
