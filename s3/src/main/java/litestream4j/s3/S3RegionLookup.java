package litestream4j.s3;

import java.util.Optional;
import litestream4j.replica.Environment;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Finds the region of a bucket that no setting names. */
final class S3RegionLookup {
    /** The region that answers for buckets anywhere. */
    private static final String FIRST = "us-east-1";

    private final S3Configuration configuration;
    private final Environment environment;
    private final SdkHttpClient http;

    S3RegionLookup(S3Configuration configuration, Environment environment, SdkHttpClient http) {
        this.configuration = configuration;
        this.environment = environment;
        this.http = http;
    }

    /**
     * Asks for the bucket's location; if that is refused, the head of the bucket names the region even to those who
     * may not read it; if it does not, the environment's region, else {@code us-east-1}, is tried.
     */
    String find(AwsCredentialsProvider credentials) {
        try (S3Client client = S3Clients.make(configuration, FIRST, credentials, http)) {
            try {
                String location = client.getBucketLocation(request -> request.bucket(configuration.bucket()))
                        .locationConstraintAsString();
                if (location == null || location.isEmpty()) {
                    return FIRST;
                }
                return location.equals("EU") ? "eu-west-1" : location; // The oldest buckets of Ireland say so.
            } catch (S3Exception e) {
                return S3Failures.namedRegion(e).orElseGet(() -> afterRefusal(client, e));
            }
        }
    }

    private String afterRefusal(S3Client client, S3Exception refusal) {
        if (refusal.statusCode() != 403) {
            throw refusal;
        }
        return ofHead(client).orElseGet(() -> {
            String region = environment.get("AWS_REGION");
            if (region == null) {
                region = environment.get("AWS_DEFAULT_REGION");
            }
            return region == null ? FIRST : region;
        });
    }

    private Optional<String> ofHead(S3Client client) {
        try {
            return Optional.ofNullable(client.headBucket(request -> request.bucket(configuration.bucket()))
                    .bucketRegion());
        } catch (S3Exception e) {
            return S3Failures.namedRegion(e);
        }
    }
}
