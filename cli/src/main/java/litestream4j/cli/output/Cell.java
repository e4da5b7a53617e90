package litestream4j.cli.output;

import java.util.HexFormat;
import org.jline.utils.WCWidth;
import org.jspecify.annotations.Nullable;

/**
 * A value as it is shown in a table: in one line, and without characters that a terminal would obey.
 *
 * @param text what is shown
 * @param columns how many columns of a terminal it takes: East Asian wide characters take two, combining marks none
 * @param isNumber whether it stands at the right
 */
record Cell(String text, int columns, boolean isNumber) {
    /** More of a blob says nothing to people. */
    private static final int BLOB_BYTES_MAX = 16;

    private static final HexFormat HEX = HexFormat.of();

    static Cell of(@Nullable Object value) {
        return switch (value) {
            case null -> ascii("NULL", false);
            case Number number -> ascii(Numbers.text(number), true);
            case byte[] blob -> ascii(blob(blob), false);
            default -> text(value.toString());
        };
    }

    /** Returns the text filled up with blanks. */
    String padded(int width) {
        String fill = " ".repeat(Math.max(0, width - columns));
        return isNumber ? fill + text : text + fill;
    }

    private static Cell ascii(String text, boolean isNumber) {
        return new Cell(text, text.length(), isNumber);
    }

    private static String blob(byte[] blob) {
        if (blob.length <= BLOB_BYTES_MAX) {
            return "x'" + HEX.formatHex(blob) + "'";
        }
        return "x'%s..' (%d bytes)".formatted(HEX.formatHex(blob, 0, BLOB_BYTES_MAX), blob.length);
    }

    private static Cell text(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        int columns = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            String escape = escape(c);
            shown.append(escape.isEmpty() ? Character.toString(c) : escape);
            columns += escape.isEmpty() ? Math.max(0, WCWidth.wcwidth(c)) : escape.length();
        }
        return new Cell(shown.toString(), columns, false);
    }

    private static String escape(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> isHarmless(c) ? "" : "\\u{%x}".formatted(c);
        };
    }

    /** Control characters move the cursor, and so do those that turn the direction of the text. */
    private static boolean isHarmless(int c) {
        boolean turns = c == 0x061C
                || c == 0x200E
                || c == 0x200F
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069);
        return !turns && !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
    }
}
