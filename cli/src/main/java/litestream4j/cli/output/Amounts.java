package litestream4j.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Amounts as people read them. */
public final class Amounts {
    private static final String[] UNITS = {"KB", "MB", "GB", "TB"};

    private Amounts() {}

    /** Returns a number of bytes in the greatest unit that fits, of 1000 of the next smaller one. */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes == 1 ? "1 byte" : bytes + " bytes";
        }
        double amount = bytes / 1000.0;
        int unit = 0;
        // 999.95 would be rounded to 1000.0.
        while (amount >= 999.95 && unit < UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }

    /** Returns {@code 1 file} or {@code 2 files}. */
    public static String count(long count, String noun) {
        return count == 1 ? "1 " + noun : count + " " + noun + "s";
    }

    /** Returns the time between two moments in its greatest unit. */
    public static String age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.toDays() > 1) {
            return age.toDays() + " days";
        }
        if (age.toHours() > 1) {
            return age.toHours() + " hours";
        }
        if (age.toMinutes() > 1) {
            return age.toMinutes() + " minutes";
        }
        return Math.max(0, age.toSeconds()) + " s";
    }
}
