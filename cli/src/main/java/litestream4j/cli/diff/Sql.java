package litestream4j.cli.diff;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Names and values as SQL text that SQLite reads back as exactly the same. */
final class Sql {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Sql() {}

    /** Text whose bytes are no text in the database's encoding, or hold a NUL, at which SQLite's own functions stop. */
    record OddText(byte[] bytes, Charset encoding) {
        @Override
        public String toString() {
            return new String(bytes, encoding);
        }
    }

    /** Returns the value of a text: a String, or OddText. */
    static Object text(byte[] bytes, Charset encoding) {
        try {
            String text = encoding.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf('\0') < 0 ? text : new OddText(bytes, encoding);
        } catch (CharacterCodingException _) {
            return new OddText(bytes, encoding);
        }
    }

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String quoted(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    /**
     * Returns a value as a literal.
     *
     * @param value null, a Long, a Double, a byte[], a String, or OddText
     */
    static String literal(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case Long whole -> whole.toString();
            case Double real -> real(real);
            case byte[] blob -> "X'" + HEX.formatHex(blob) + "'";
            case OddText text -> "CAST(X'" + HEX.formatHex(text.bytes) + "' AS TEXT)";
            default -> quoted(value.toString());
        };
    }

    /**
     * 17 digits tell any two numbers apart. They are written with an exponent or a point, or SQLite would take them for
     * a whole number.
     */
    private static String real(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "9.0e+999" : "-9.0e+999";
        }
        String shortest = Double.toString(value);
        if (isExact(shortest)) {
            return shortest;
        }
        String digits = new BigDecimal(value).round(new MathContext(17)).toString();
        return digits.indexOf('.') >= 0 || digits.indexOf('E') >= 0 ? digits : digits + ".0";
    }

    /** With up to 15 digits and a small exponent every reader gets the nearest number. */
    private static boolean isExact(String text) {
        BigDecimal decimal = new BigDecimal(text);
        return decimal.precision() <= 15 && Math.abs(decimal.scale()) <= 22;
    }
}
