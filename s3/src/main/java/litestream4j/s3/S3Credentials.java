package litestream4j.s3;

import java.util.Optional;
import litestream4j.replica.Environment;
import org.jspecify.annotations.Nullable;

/**
 * Keys that requests are signed with; as a source, the same for ever.
 *
 * @param secretAccessKey a secret
 * @param sessionToken comes with temporary keys, else null; a secret
 */
record S3Credentials(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken) implements S3CredentialsSource {
    /**
     * Takes the first complete pair, that of AWS before Litestream's own; the halves of two pairs are never mixed.
     * Temporary keys need the session token that comes with them.
     *
     * @return empty if neither pair is complete; the SDK's default chain may find others then
     */
    static Optional<S3Credentials> fromEnvironment(Environment environment) {
        String token = environment.get("AWS_SESSION_TOKEN");
        return pair(environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY"), token)
                .or(() -> pair(
                        environment.get("LITESTREAM_ACCESS_KEY_ID"),
                        environment.get("LITESTREAM_SECRET_ACCESS_KEY"),
                        null));
    }

    private static Optional<S3Credentials> pair(@Nullable String key, @Nullable String secret, @Nullable String token) {
        if (key == null || key.isBlank() || secret == null || secret.isBlank()) {
            return Optional.empty();
        }
        String stripped = token == null ? "" : token.strip();
        return Optional.of(new S3Credentials(key.strip(), secret.strip(), stripped.isEmpty() ? null : stripped));
    }

    @Override
    public S3Credentials get() {
        return this;
    }

    @Override
    public boolean isRenewable() {
        return false;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "S3Credentials[hidden]";
    }
}
