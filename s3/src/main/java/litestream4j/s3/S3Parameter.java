package litestream4j.s3;

import java.util.Arrays;
import java.util.List;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that a URL of S3 may have: those of Litestream 0.5, in both spellings, whether they matter to a reader
 * or not. Others are ignored as Litestream does, since newer versions may know them, but not in silence: most often
 * they are misspelt.
 */
enum S3Parameter {
    /** Not for users: Settings leaves it to say where other variables came from. */
    ADDRESSING("addressing"),
    CONCURRENCY("concurrency"),
    ENDPOINT("endpoint"),
    FORCE_PATH_STYLE("forcePathStyle", "force-path-style"),
    PART_SIZE("partSize", "part-size"),
    REGION("region"),
    /** Of uploads in parts, which there are none of here. */
    REQUIRE_CONTENT_MD5("requireContentMD5", "require-content-md5"),
    SIGN_PAYLOAD("signPayload", "sign-payload"),
    SKIP_VERIFY("skipVerify", "skip-verify"),
    SSE_CUSTOMER_ALGORITHM("sseCustomerAlgorithm", "sse-customer-algorithm"),
    SSE_CUSTOMER_KEY("sseCustomerKey", "sse-customer-key"),
    SSE_CUSTOMER_KEY_MD5("sseCustomerKeyMD5", "sse-customer-key-md5"),
    SSE_KMS_KEY_ID("sseKmsKeyId", "sse-kms-key-id"),
    STORAGE_CLASS("storageClass", "storage-class");

    private static final System.Logger LOG = System.getLogger("litestream4j");

    private final String name;

    /** The same as the name if there is one only. */
    private final String otherName;

    S3Parameter(String name) {
        this(name, name);
    }

    S3Parameter(String name, String otherName) {
        this.name = name;
        this.otherName = otherName;
    }

    /** Returns its value in a URL, or null. */
    @Nullable String in(ReplicaUrl url) {
        return url.parameter(name, otherName);
    }

    /** Returns its names, the one for messages first. */
    List<String> names() {
        return name.equals(otherName) ? List.of(name) : List.of(name, otherName);
    }

    /** Returns the names of parameters that mean nothing, in order. */
    static List<String> unknown(ReplicaUrl url) {
        return url.parameters().keySet().stream()
                .filter(given ->
                        Arrays.stream(values()).noneMatch(known -> known.names().contains(given)))
                .toList();
    }

    /** Logs parameters that mean nothing; by name, since a value may be a secret. */
    static void warnOfUnknown(ReplicaUrl url) {
        List<String> unknown = unknown(url);
        if (!unknown.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: ignoring unknown parameters of the URL, maybe misspelt: {1}",
                    url.displayName(),
                    String.join(", ", unknown));
        }
    }
}
