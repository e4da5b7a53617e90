package litestream4j.extension;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** A line of names and values, being put together. */
final class LogLine {
    private static final long MILLIS_PER_DAY = 24 * 60 * 60 * 1000;

    private final StringBuilder text = new StringBuilder(200);

    private LogLine() {}

    /** Begins a line with {@code time=2026-11-22T19:02:53.752Z}. */
    static LogLine at(long millis) {
        LogLine line = new LogLine();
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(millis, MILLIS_PER_DAY));
        int ofDay = (int) Math.floorMod(millis, MILLIS_PER_DAY);
        line.text.append("time=");
        line.digits(date.getYear(), 4, '-');
        line.digits(date.getMonthValue(), 2, '-');
        line.digits(date.getDayOfMonth(), 2, 'T');
        line.digits(ofDay / 3_600_000, 2, ':');
        line.digits(ofDay / 60_000 % 60, 2, ':');
        line.digits(ofDay / 1000 % 60, 2, '.');
        line.digits(ofDay % 1000, 3, 'Z');
        return line;
    }

    private void digits(int number, int width, char after) {
        String digits = Integer.toString(number);
        for (int i = digits.length(); i < width; i++) {
            text.append('0');
        }
        text.append(digits).append(after);
    }

    LogLine plain(String name, String value) {
        text.append(' ').append(name).append('=').append(value);
        return this;
    }

    /** Adds a value in quotes; what would break the line is escaped. */
    LogLine quoted(String name, String value) {
        text.append(' ').append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7F) {
                        text.append("\\x")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
        return this;
    }

    /** Puts parameters in the places <code>{0}</code>, <code>{1}</code>, ... of a format; all else stays as it is. */
    static String fill(String format, @Nullable Object @Nullable [] params) {
        if (params == null || params.length == 0 || format.indexOf('{') < 0) {
            return format;
        }
        StringBuilder filled = new StringBuilder(format.length() + 64);
        int at = 0;
        while (at < format.length()) {
            int close = format.charAt(at) == '{' ? format.indexOf('}', at) : -1;
            int index = close < 0 ? -1 : index(format, at + 1, close);
            if (index >= 0 && index < params.length) {
                filled.append(params[index]);
                at = close + 1;
            } else {
                filled.append(format.charAt(at++));
            }
        }
        return filled.toString();
    }

    /** Reads one or two digits; -1 for anything else. */
    private static int index(String text, int from, int to) {
        int index = to - from == 1 || to - from == 2 ? 0 : -1;
        for (int i = from; i < to && index >= 0; i++) {
            char c = text.charAt(i);
            index = c >= '0' && c <= '9' ? 10 * index + c - '0' : -1;
        }
        return index;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
