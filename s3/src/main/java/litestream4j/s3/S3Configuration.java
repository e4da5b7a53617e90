package litestream4j.s3;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/**
 * What a URL and the environment say about access to a bucket, credentials apart. Pure: nothing is looked up.
 *
 * @param bucket name or access point ARN
 * @param prefix of the replica's keys, without slash at either end; may be empty
 * @param region to sign for; null if it has to be looked up, which is only with Amazon's own endpoints
 * @param endpoint null for Amazon's own
 * @param pathStyle whether the bucket's name stands in the path
 * @param skipVerify whether any TLS certificate is taken
 * @param signPayload whether requests carry the hash of their content
 * @param customerKey or null
 * @param kmsKeyId for new objects, or null
 * @param storageClass for new objects, or null
 */
record S3Configuration(
        String bucket,
        String prefix,
        @Nullable String region,
        @Nullable URI endpoint,
        boolean pathStyle,
        boolean skipVerify,
        boolean signPayload,
        @Nullable SseCustomerKey customerKey,
        @Nullable String kmsKeyId,
        @Nullable String storageClass) {
    private static final Set<String> TRUE = Set.of("true", "1", "t", "yes");

    /** @throws ReplicaException.Denied if a part is invalid or contradicts another; the message names it */
    static S3Configuration of(ReplicaUrl url, Environment environment) throws ReplicaException.Denied {
        S3Location location = S3Location.of(url);
        requirePositive(url, S3Parameter.CONCURRENCY);
        requirePositive(url, S3Parameter.PART_SIZE);
        String given = S3Parameter.ENDPOINT.in(url);
        if (given == null && location.endpoint() == null) {
            given = environment.get("LITESTREAM_S3_ENDPOINT");
        }
        URI endpoint = given == null ? location.endpoint() : S3Endpoint.parse(given);
        String region = S3Parameter.REGION.in(url);
        if (region == null) {
            region = location.region();
        }
        if (region == null && endpoint != null) {
            region = "us-east-1";
        }
        SseCustomerKey customerKey = customerKey(url, endpoint);
        String kmsKeyId = S3Parameter.SSE_KMS_KEY_ID.in(url);
        if (customerKey != null && kmsKeyId != null) {
            throw new ReplicaException.Denied(
                    "s3: cannot use both sse-customer-key and sse-kms-key-id; they are mutually exclusive");
        }
        return new S3Configuration(
                location.bucket(),
                url.path(),
                region,
                endpoint,
                pathStyle(url, location, endpoint, given != null),
                flag(url, S3Parameter.SKIP_VERIFY, false),
                flag(url, S3Parameter.SIGN_PAYLOAD, true),
                customerKey,
                kmsKeyId,
                S3Parameter.STORAGE_CLASS.in(url));
    }

    /** Returns the service for messages: the endpoint's host, or Amazon's name. */
    String serviceName() {
        return endpoint == null ? "Amazon S3" : endpoint.getAuthority();
    }

    /** Tells whether every request has to ask for the newest state (the provider's default is any copy nearby). */
    boolean asksForConsistency() {
        return endpoint != null && S3Vendor.of(endpoint) == S3Vendor.TIGRIS;
    }

    /** Tells whether listings come in the order of keys and can begin at one: not in directory buckets. */
    boolean listsInOrder() {
        return !bucket.endsWith("--x-s3");
    }

    /**
     * An explicit setting wins; an endpoint that is given means path style, unless the parameter
     * {@code addressing=provider} leaves it to the provider's rules, as the older variables do.
     */
    private static boolean pathStyle(
            ReplicaUrl url, S3Location location, @Nullable URI endpoint, boolean endpointGiven) {
        boolean byDefault;
        if (endpoint == null) {
            byDefault = false;
        } else if (endpointGiven) {
            byDefault = !"provider".equals(S3Parameter.ADDRESSING.in(url)) || S3Vendor.wantsPathStyle(endpoint);
        } else {
            Boolean byHost = location.pathStyle();
            byDefault = byHost == null ? S3Vendor.wantsPathStyle(endpoint) : byHost;
        }
        return flag(url, S3Parameter.FORCE_PATH_STYLE, byDefault);
    }

    private static @Nullable SseCustomerKey customerKey(ReplicaUrl url, @Nullable URI endpoint)
            throws ReplicaException.Denied {
        String algorithm = S3Parameter.SSE_CUSTOMER_ALGORITHM.in(url);
        if (algorithm != null && !algorithm.equals(SseCustomerKey.ALGORITHM)) {
            throw new ReplicaException.Denied(
                    "s3: invalid sse-customer-algorithm: expected AES256, found \"%s\"".formatted(algorithm));
        }
        String key = S3Parameter.SSE_CUSTOMER_KEY.in(url);
        if (key == null) {
            return null;
        }
        if (endpoint != null && endpoint.getScheme().equals("http") && !S3Endpoint.isPrivate(endpoint.getHost())) {
            throw new ReplicaException.Denied(
                    "s3: sse-customer-key requires HTTPS endpoint (HTTP only allowed for localhost/private networks)");
        }
        return SseCustomerKey.of(key, S3Parameter.SSE_CUSTOMER_KEY_MD5.in(url));
    }

    private static boolean flag(ReplicaUrl url, S3Parameter parameter, boolean byDefault) {
        String value = parameter.in(url);
        return value == null ? byDefault : TRUE.contains(value.toLowerCase(Locale.ROOT));
    }

    /** Settings of the primary's uploads, which a URL may hold: checked, else of no meaning here. */
    private static void requirePositive(ReplicaUrl url, S3Parameter parameter) throws ReplicaException.Denied {
        String value = parameter.in(url);
        if (value == null) {
            return;
        }
        try {
            if (Long.parseLong(value) > 0) {
                return;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new ReplicaException.Denied(
                "invalid value for query parameter \"%s\": \"%s\" (must be a positive integer)"
                        .formatted(parameter.names().getFirst(), value));
    }
}
