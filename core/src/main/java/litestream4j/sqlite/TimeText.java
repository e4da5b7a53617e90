package litestream4j.sqlite;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Instants as {@code litestream_time} reads and shows them: RFC 3339, up to nine fraction digits, without trailing
 * zeros.
 */
final class TimeText {
    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?\\d*(Z|[+-]\\d{2}:\\d{2})");

    private static final Pattern DIGITS_BEYOND_NANOS = Pattern.compile("(\\.\\d{9})\\d+");

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT);

    private TimeText() {}

    /**
     * A point in time as it was given.
     *
     * @param offset kept, so that it is shown again as the user wrote it
     */
    record Moment(Instant instant, ZoneOffset offset) {
        String text() {
            return FORM.format(instant.atOffset(offset));
        }
    }

    static String format(Instant instant) {
        return FORM.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** Reads RFC 3339; empty for anything else, dates that do not exist included. */
    static Optional<Moment> parse(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        if (!RFC_3339.matcher(upper).matches()) {
            return Optional.empty();
        }
        try {
            OffsetDateTime time =
                    OffsetDateTime.parse(DIGITS_BEYOND_NANOS.matcher(upper).replaceFirst("$1"));
            return Optional.of(new Moment(time.toInstant(), time.getOffset()));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
