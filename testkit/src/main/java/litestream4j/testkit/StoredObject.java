package litestream4j.testkit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * An object of a {@link ScriptedS3Server}.
 *
 * @param metadata of the user, without the headers' prefix
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large enough not to be copied.
record StoredObject(byte[] content, Instant modified, Map<String, String> metadata) {
    static final String METADATA_PREFIX = "x-amz-meta-";

    static StoredObject of(S3Request request, Instant now) {
        Map<String, String> metadata = new TreeMap<>();
        request.headers().forEach((name, value) -> {
            if (name.startsWith(METADATA_PREFIX)) {
                metadata.put(name.substring(METADATA_PREFIX.length()), value);
            }
        });
        return new StoredObject(request.body(), now, metadata);
    }

    String eTag() {
        try {
            return '"'
                    + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content))
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
