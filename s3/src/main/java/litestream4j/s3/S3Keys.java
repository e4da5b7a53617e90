package litestream4j.s3;

import java.util.HexFormat;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;

/**
 * Where objects lie: {@code ROOT/LLLL/NAME}, the level in four hexadecimal digits. Without a root the keys begin with
 * the level.
 *
 * @param root with a slash at its end, or empty
 */
record S3Keys(String root) {
    private static final int LEVEL_LENGTH = 4;

    static S3Keys of(String prefix) {
        return new S3Keys(prefix.isEmpty() ? "" : prefix + "/");
    }

    String folder(Level level) {
        return root + HexFormat.of().toHexDigits((short) level.number()) + "/";
    }

    String object(Level level, LtxFileName name) {
        return folder(level) + name;
    }

    /** Returns the key after which the files from a transaction on are listed. */
    String before(Level level, Txid from) {
        return folder(level) + from;
    }

    String generations() {
        return root + "generations/";
    }

    /** Returns which file a key names; empty for all other objects. */
    Optional<Located> parse(String key) {
        int nameStart = root.length() + LEVEL_LENGTH + 1;
        if (!key.startsWith(root) || key.length() <= nameStart || key.charAt(nameStart - 1) != '/') {
            return Optional.empty();
        }
        String digits = key.substring(root.length(), nameStart - 1);
        char last = digits.charAt(LEVEL_LENGTH - 1);
        if (!digits.startsWith("000") || last < '0' || last > '9') {
            return Optional.empty();
        }
        Level level = new Level(last - '0');
        return LtxFileName.parse(key.substring(nameStart)).map(name -> new Located(level, name));
    }

    /** Tells whether an ordered listing has nothing of the levels any more from this key on. */
    boolean isPastLevels(String key) {
        String last = folder(Level.SNAPSHOT);
        return !key.startsWith(last) && key.compareTo(last) > 0;
    }

    /** A file's place. */
    record Located(Level level, LtxFileName name) {}
}
