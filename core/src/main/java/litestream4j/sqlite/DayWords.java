package litestream4j.sqlite;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Days by their names: {@code yesterday at 10:30}, {@code last monday}, {@code today}, {@code 3pm}. */
final class DayWords {
    private static final Pattern WITH_TIME = Pattern.compile("(yesterday|today|(?:last )?[a-z]+day)(?: at)? (.+)");

    private static final int NAME_MIN = 3;

    private DayWords() {}

    /**
     * Reads a day word.
     *
     * @param text in lower case, with single blanks
     */
    static Optional<Instant> parse(String text, ZonedDateTime now) {
        Optional<ZonedDateTime> plain = switch (text) {
            case "now", "just now", "today" -> Optional.of(now);
            case "yesterday" -> Optional.of(now.minusDays(1));
            case "day before yesterday", "the day before yesterday" -> Optional.of(now.minusDays(2));
            case "tomorrow" -> Optional.of(now.plusDays(1));
            case "last week" -> Optional.of(now.minusWeeks(1));
            case "last month" -> Optional.of(now.minusMonths(1));
            case "last year" -> Optional.of(now.minusYears(1));
            default -> weekday(text, now).map(day -> day.with(LocalTime.MIDNIGHT));
        };
        return plain.or(() -> withTime(text, now))
                .or(() -> ClockTime.parse(text).map(now::with))
                .map(ZonedDateTime::toInstant);
    }

    private static Optional<ZonedDateTime> withTime(String text, ZonedDateTime now) {
        Matcher parts = WITH_TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Optional<ZonedDateTime> day = switch (parts.group(1)) {
            case "today" -> Optional.of(now);
            case "yesterday" -> Optional.of(now.minusDays(1));
            default -> weekday(parts.group(1), now);
        };
        return day.flatMap(date -> ClockTime.parse(parts.group(2)).map(date::with));
    }

    /** Returns the last such day before today, at the present time of day. */
    private static Optional<ZonedDateTime> weekday(String text, ZonedDateTime now) {
        String name = text.startsWith("last ") ? text.substring("last ".length()) : text;
        return day(name).map(day -> now.withZoneSameInstant(ZoneOffset.UTC).with(TemporalAdjusters.previous(day)));
    }

    /** Returns the day of a name, whole or of three letters. */
    static Optional<DayOfWeek> day(String name) {
        return Arrays.stream(DayOfWeek.values())
                .filter(day -> {
                    String whole = day.name().toLowerCase(Locale.ROOT);
                    return name.equals(whole) || name.equals(whole.substring(0, NAME_MIN));
                })
                .findFirst();
    }
}
