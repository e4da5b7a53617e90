package litestream4j.sqlite;

import java.time.LocalTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times of day: {@code 10:30}, {@code 10:30:15.250}, {@code 10:30 pm}, {@code 3pm}, {@code noon}. */
final class ClockTime {
    private static final Pattern TWENTY_FOUR = Pattern.compile("(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?");
    private static final Pattern TWELVE = Pattern.compile("(\\d{1,2})(?::(\\d{2})(?::(\\d{2}))?)? ?([ap])m");

    private ClockTime() {}

    /**
     * Reads a time of day.
     *
     * @throws java.time.DateTimeException if it does not exist, such as 25:00
     */
    static Optional<LocalTime> parse(String text) {
        if (text.equals("noon")) {
            return Optional.of(LocalTime.NOON);
        }
        if (text.equals("midnight")) {
            return Optional.of(LocalTime.MIDNIGHT);
        }
        Matcher time = TWENTY_FOUR.matcher(text);
        if (time.matches()) {
            return Optional.of(LocalTime.of(
                    number(time.group(1)), number(time.group(2)), number(time.group(3)), nanos(time.group(4))));
        }
        Matcher half = TWELVE.matcher(text);
        if (!half.matches() || number(half.group(1)) < 1 || number(half.group(1)) > 12) {
            return Optional.empty();
        }
        int hour = number(half.group(1)) % 12 + (half.group(4).equals("p") ? 12 : 0);
        return Optional.of(LocalTime.of(hour, number(half.group(2)), number(half.group(3))));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
    }
}
