package litestream4j.replica;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent escapes of URLs (RFC 3986, section 2.1), in UTF-8. Characters that ought to be escaped and are not pass. */
final class Percent {
    private Percent() {}

    /**
     * Replaces the escapes.
     *
     * @param part of the URL, for the message
     * @param shown whether the message may quote the broken escape
     */
    static String decode(String text, String part, boolean shown) throws ReplicaException.Denied {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                decoded.write(bytes[i]);
                continue;
            }
            if (i + 2 >= bytes.length || !HexFormat.isHexDigit(bytes[i + 1]) || !HexFormat.isHexDigit(bytes[i + 2])) {
                String found =
                        shown ? ": " + new String(bytes, i, Math.min(3, bytes.length - i), StandardCharsets.UTF_8) : "";
                throw new ReplicaException.Denied(
                        "invalid percent escape in the %s of the replica URL%s; a percent sign itself is written %%25"
                                .formatted(part, found));
            }
            decoded.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
            i += 2;
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    /** Likewise for a part of a query, where a plus sign stands for a blank. */
    static String decodeForm(String text) throws ReplicaException.Denied {
        return decode(text.replace('+', ' '), "query", false);
    }
}
