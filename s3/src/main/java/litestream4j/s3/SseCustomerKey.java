package litestream4j.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * A key that the store encrypts objects with and does not keep (SSE-C): every request for an object carries it.
 *
 * @param key Base64 of 32 bytes; a secret
 * @param md5 Base64 of the key's MD5
 */
record SseCustomerKey(String key, String md5) {
    static final String ALGORITHM = "AES256";

    private static final int KEY_BYTES = 32;

    /**
     * @param key Base64, in which a plus sign may have become a blank on its way through a query
     * @param md5 or null to compute it
     */
    static SseCustomerKey of(String key, @Nullable String md5) throws ReplicaException.Denied {
        String base64 = key.replace(' ', '+');
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            bytes = new byte[0];
        }
        if (bytes.length != KEY_BYTES) {
            throw new ReplicaException.Denied("s3: invalid sse-customer-key: expected the Base64 form of 32 bytes");
        }
        return new SseCustomerKey(base64, md5 == null ? md5Of(bytes) : md5.replace(' ', '+'));
    }

    /** Adds the headers that a request for an object needs. */
    S3Call addTo(S3Call call) {
        return call.header("x-amz-server-side-encryption-customer-algorithm", ALGORITHM)
                .header("x-amz-server-side-encryption-customer-key", key)
                .header("x-amz-server-side-encryption-customer-key-md5", md5);
    }

    private static String md5Of(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5, which SSE-C keys are identified by", e);
        }
    }

    @Override
    public String toString() {
        return "SseCustomerKey[hidden]";
    }
}
