package litestream4j.s3;

import java.util.Optional;
import litestream4j.replica.Environment;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Credentials from environment variables. */
final class S3Credentials {
    private S3Credentials() {}

    /**
     * Takes the first complete pair, that of AWS before Litestream's own; the halves of two pairs are never mixed.
     * Temporary keys need the session token that comes with them.
     *
     * @return empty if neither pair is complete; the SDK's default chain may find others then
     */
    static Optional<AwsCredentials> fromEnvironment(Environment environment) {
        String token = environment.get("AWS_SESSION_TOKEN");
        return pair(environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY"), token)
                .or(() -> pair(
                        environment.get("LITESTREAM_ACCESS_KEY_ID"),
                        environment.get("LITESTREAM_SECRET_ACCESS_KEY"),
                        null));
    }

    private static Optional<AwsCredentials> pair(
            @Nullable String key, @Nullable String secret, @Nullable String token) {
        if (key == null || secret == null) {
            return Optional.empty();
        }
        return Optional.of(
                token == null
                        ? AwsBasicCredentials.create(key, secret)
                        : AwsSessionCredentials.create(key, secret, token));
    }
}
