package litestream4j.cli.verify;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import litestream4j.ltx.LtxFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Something that is worth telling about a replica.
 *
 * @param text for people: what, where, expected and found
 * @param file level and name of the file that it is about, if it is about one
 * @param damage what is wrong with the bytes of the file, if that is it
 */
public record Finding(
        Severity severity,
        String text,
        @Nullable String file,
        @Nullable LtxFormatException damage) {
    /** What a finding means for who wants to read the replica. In order of weight. */
    public enum Severity {
        /** Worth knowing; nothing is lost. */
        NOTE,
        /** Something that is not as a primary leaves it, or states of the past that cannot be had; the newest can. */
        WARNING,
        /** Files are missing: the newest state cannot be had. */
        MISSING,
        /** Bytes are wrong. */
        DAMAGE
    }

    static Finding note(String text) {
        return new Finding(Severity.NOTE, text, null, null);
    }

    static Finding warning(String text) {
        return new Finding(Severity.WARNING, text, null, null);
    }

    static Finding missing(String text) {
        return new Finding(Severity.MISSING, text, null, null);
    }

    static Finding damage(String text) {
        return new Finding(Severity.DAMAGE, text, null, null);
    }

    static Finding damage(String file, LtxFormatException damage) {
        return new Finding(Severity.DAMAGE, String.valueOf(damage.getMessage()), file, damage);
    }

    /** Returns the finding for programs. */
    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("severity", severity.name().toLowerCase(Locale.ROOT));
        map.put("text", text);
        map.put("file", file);
        if (damage != null) {
            map.put("offset", damage.offset());
            map.put("field", damage.field());
            map.put("expected", damage.expected());
            map.put("found", damage.found());
        }
        return map;
    }
}
