package litestream4j.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Times of answers in whole seconds, for more is not told outside of listings. The usual forms are read at once: a
 * listing has a thousand, and Java's formatters take their time to load.
 */
final class S3Times {
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private S3Times() {}

    /** Reads {@code 2026-03-04T05:06:07.250Z} and its relatives; 1970 if it is none or absent. */
    static Instant ofListing(@Nullable String text) {
        if (text == null) {
            return Instant.EPOCH;
        }
        try {
            boolean usual = text.length() >= 20
                    && text.charAt(10) == 'T'
                    && text.endsWith("Z")
                    && (text.length() == 20 || text.charAt(19) == '.');
            if (!usual) {
                return seconds(OffsetDateTime.parse(text).toInstant());
            }
            return instant(
                    number(text, 0, 4),
                    number(text, 5, 7),
                    number(text, 8, 10),
                    number(text, 11, 13),
                    number(text, 14, 16),
                    number(text, 17, 19));
        } catch (DateTimeException | NumberFormatException _) {
            return Instant.EPOCH;
        }
    }

    /** Reads {@code Wed, 04 Mar 2026 05:06:07 GMT}; 1970 if it is none or absent. */
    static Instant ofHeader(@Nullable String text) {
        if (text == null) {
            return Instant.EPOCH;
        }
        try {
            int month = text.length() == 29 && text.endsWith(" GMT") ? MONTHS.indexOf(text.substring(8, 11)) : -1;
            if (month < 0 || month % 3 != 0) {
                return seconds(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant());
            }
            return instant(
                    number(text, 12, 16),
                    month / 3 + 1,
                    number(text, 5, 7),
                    number(text, 17, 19),
                    number(text, 20, 22),
                    number(text, 23, 25));
        } catch (DateTimeException | NumberFormatException _) {
            return Instant.EPOCH;
        }
    }

    private static Instant instant(int year, int month, int day, int hour, int minute, int second) {
        return LocalDateTime.of(year, month, day, hour, minute, second).toInstant(ZoneOffset.UTC);
    }

    private static Instant seconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
