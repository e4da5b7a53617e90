package litestream4j.sqlite;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates with or without a time of day. Forms that leave open which number is the month ({@code 01/02/2026}) are none
 * of them.
 */
final class CalendarTime {
    private static final String MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
    private static final String TIME = "(\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)";
    private static final String ZONE = " ?(z|utc|gmt|[+-]\\d{2}:?\\d{2})";

    /** Year, month, day; time and zone after a blank or a T. */
    private static final Pattern NUMERIC =
            Pattern.compile("(\\d{4})([-/])(\\d{2})\\2(\\d{2})(?:[t ]" + TIME + "(?:" + ZONE + ")?)?");

    private static final Pattern COMPACT =
            Pattern.compile("(\\d{4})(\\d{2})(\\d{2})(?:t(\\d{2})(\\d{2})(\\d{2})(z)?)?");

    /** {@code jan 15 2026}, {@code january 15, 2026 10:30}. */
    private static final Pattern MONTH_FIRST =
            Pattern.compile(MONTH + " (\\d{1,2}),? (\\d{4})(?: " + TIME + "(?:" + ZONE + ")?)?");

    /** {@code 15 jan 2026}, {@code thu, 15 jan 2026 10:30:00 gmt}. */
    private static final Pattern DAY_FIRST = Pattern.compile("(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(\\d{1,2}) "
            + MONTH + ",? (\\d{4})(?: " + TIME + "(?:" + ZONE + ")?)?");

    /** {@code thu jan 15 10:30:00 2026}, as the C library and {@code date} write it. */
    private static final Pattern YEAR_LAST =
            Pattern.compile("(mon|tue|wed|thu|fri|sat|sun) " + MONTH + " (\\d{1,2}) " + TIME + " (\\d{4})");

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final List<String> MONTH_NAMES = List.of(
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december");

    private CalendarTime() {}

    /**
     * Reads a date and perhaps a time.
     *
     * @param text in lower case, with single blanks
     * @throws DateTimeException if it does not exist, such as 30 February
     */
    static Optional<Instant> parse(String text) {
        Matcher numeric = NUMERIC.matcher(text);
        if (numeric.matches()) {
            return Optional.of(at(
                    date(numeric.group(1), Integer.parseInt(numeric.group(3)), numeric.group(4)),
                    numeric.group(5),
                    numeric.group(6)));
        }
        Matcher compact = COMPACT.matcher(text);
        if (compact.matches()) {
            String time = compact.group(4) == null
                    ? null
                    : compact.group(4) + ":" + compact.group(5) + ":" + compact.group(6);
            return Optional.of(
                    at(date(compact.group(1), Integer.parseInt(compact.group(2)), compact.group(3)), time, null));
        }
        return named(text);
    }

    private static Optional<Instant> named(String text) {
        Matcher monthFirst = MONTH_FIRST.matcher(text);
        if (monthFirst.matches()) {
            LocalDate date = date(monthFirst.group(3), month(text, monthFirst.group(1)), monthFirst.group(2));
            return Optional.of(at(date, monthFirst.group(4), monthFirst.group(5)));
        }
        Matcher dayFirst = DAY_FIRST.matcher(text);
        if (dayFirst.matches()) {
            LocalDate date = date(dayFirst.group(4), month(text, dayFirst.group(3)), dayFirst.group(2));
            checkDay(date, dayFirst.group(1));
            return Optional.of(at(date, dayFirst.group(5), dayFirst.group(6)));
        }
        Matcher yearLast = YEAR_LAST.matcher(text);
        if (yearLast.matches()) {
            LocalDate date = date(yearLast.group(5), month(text, yearLast.group(2)), yearLast.group(3));
            checkDay(date, yearLast.group(1));
            return Optional.of(at(date, yearLast.group(4), null));
        }
        return Optional.empty();
    }

    /** Returns the number of a month; its name must be whole or of three letters. */
    private static int month(String text, String start) {
        int index = MONTHS.indexOf(start);
        Matcher word = Pattern.compile("\\b" + start + "[a-z]*").matcher(text);
        boolean known =
                word.find() && (word.group().equals(start) || word.group().equals(MONTH_NAMES.get(index)));
        if (!known) {
            throw new DateTimeException("not a month: " + text);
        }
        return index + 1;
    }

    private static void checkDay(LocalDate date, @Nullable String day) {
        if (day != null && !DayWords.day(day).map(date.getDayOfWeek()::equals).orElse(false)) {
            throw new DateTimeException(date + " is no " + day);
        }
    }

    private static LocalDate date(String year, int month, String day) {
        return LocalDate.of(Integer.parseInt(year), month, Integer.parseInt(day));
    }

    private static Instant at(LocalDate date, @Nullable String time, @Nullable String zone) {
        LocalTime ofDay =
                time == null ? LocalTime.MIDNIGHT : ClockTime.parse(time).orElseThrow();
        return date.atTime(ofDay).toInstant(zone(zone));
    }

    private static ZoneOffset zone(@Nullable String zone) {
        return zone == null || Character.isLetter(zone.charAt(0)) ? ZoneOffset.UTC : ZoneOffset.of(zone);
    }
}
