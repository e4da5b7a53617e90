package litestream4j.s3;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Texts and hashes as S3 wants them in requests. */
final class S3Text {
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();
    private static final int BLOCK_BYTES = 64;

    private S3Text() {}

    /**
     * Percent-encodes as signatures demand it: all but the unreserved characters of RFC 3986.
     *
     * @param slashes whether slashes stay as they are
     */
    static String encode(String text, boolean slashes) {
        StringBuilder encoded = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '-'
                    || b == '.'
                    || b == '_'
                    || b == '~'
                    || (slashes && b == '/');
            if (plain) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(UPPER.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which requests are signed with", e);
        }
    }

    static String sha256Hex(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** HMAC of RFC 2104. Java's own would verify and load its providers of ciphers first, for 40 to 100 ms. */
    static byte[] hmacSha256(byte[] key, String message) {
        MessageDigest digest = sha256();
        byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? digest.digest(key) : key, BLOCK_BYTES);
        byte[] pad = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_BYTES; i++) {
            pad[i] = (byte) (block[i] ^ 0x36);
        }
        digest.update(pad);
        byte[] inner = digest.digest(message.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < BLOCK_BYTES; i++) {
            pad[i] = (byte) (block[i] ^ 0x5C);
        }
        digest.update(pad);
        return digest.digest(inner);
    }
}
