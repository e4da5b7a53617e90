package litestream4j.s3;

import java.util.List;
import java.util.Set;
import litestream4j.replica.ReplicaUrl;

/**
 * The parameters that a URL of S3 may have: those of Litestream 0.5, in both spellings, whether they matter to a reader
 * or not. Others are ignored as Litestream does, since newer versions may know them, but not in silence: most often
 * they are misspelt.
 */
final class S3Parameters {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private static final Set<String> KNOWN = Set.of(
            "addressing", // Not for users: Settings leaves it to say where other variables came from.
            "concurrency",
            "endpoint",
            "force-path-style",
            "forcePathStyle",
            "part-size",
            "partSize",
            "region",
            "require-content-md5",
            "requireContentMD5",
            "sign-payload",
            "signPayload",
            "skip-verify",
            "skipVerify",
            "sse-customer-algorithm",
            "sse-customer-key",
            "sse-customer-key-md5",
            "sse-kms-key-id",
            "sseCustomerAlgorithm",
            "sseCustomerKey",
            "sseCustomerKeyMD5",
            "sseKmsKeyId",
            "storage-class",
            "storageClass");

    private S3Parameters() {}

    /** Returns the names of parameters that mean nothing, in order. */
    static List<String> unknown(ReplicaUrl url) {
        return url.parameters().keySet().stream()
                .filter(name -> !KNOWN.contains(name))
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
