package litestream4j.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * The checksum that Amazon keeps of an object and sends along if asked to: of the common kinds that Java has, and of
 * the whole object, not of its parts. One thread at a time.
 */
final class S3Checksum {
    private final String name;
    private final byte[] expected;
    private final Sum sum;

    private S3Checksum(String name, byte[] expected, Sum sum) {
        this.name = name;
        this.expected = expected;
        this.sum = sum;
    }

    /** Returns null if the answer tells none that can be checked. */
    static @Nullable S3Checksum of(HttpHeaders headers) {
        byte[] crc32 = valueOf("x-amz-checksum-crc32", headers);
        if (crc32 != null) {
            return new S3Checksum("CRC-32", crc32, new OfCrc(new CRC32()));
        }
        byte[] crc32c = valueOf("x-amz-checksum-crc32c", headers);
        if (crc32c != null) {
            return new S3Checksum("CRC-32C", crc32c, new OfCrc(new CRC32C()));
        }
        byte[] sha256 = valueOf("x-amz-checksum-sha256", headers);
        return sha256 == null ? null : new S3Checksum("SHA-256", sha256, new OfDigest(S3Text.sha256()));
    }

    String name() {
        return name;
    }

    void update(byte[] bytes, int offset, int count) {
        sum.update(bytes, offset, count);
    }

    /** Tells whether all that was seen has this checksum. To be asked once. */
    boolean holds() {
        return Arrays.equals(sum.value(), expected);
    }

    private static byte @Nullable [] valueOf(String header, HttpHeaders headers) {
        String value = headers.get(header);
        if (value == null || value.contains("-")) { // A checksum of the parts' checksums.
            return null;
        }
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private interface Sum {
        void update(byte[] bytes, int offset, int count);

        byte[] value();
    }

    private record OfCrc(Checksum checksum) implements Sum {
        @Override
        public void update(byte[] bytes, int offset, int count) {
            checksum.update(bytes, offset, count);
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(Integer.BYTES)
                    .putInt((int) checksum.getValue())
                    .array();
        }
    }

    private record OfDigest(MessageDigest digest) implements Sum {
        @Override
        public void update(byte[] bytes, int offset, int count) {
            digest.update(bytes, offset, count);
        }

        @Override
        public byte[] value() {
            return digest.digest();
        }
    }
}
