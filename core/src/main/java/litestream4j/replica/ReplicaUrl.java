package litestream4j.replica;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a replica, taken apart. Two equal values are the same configuration, credentials included. Immutable.
 *
 * @param scheme in lower case; {@code gs} for {@code gcs}
 * @param user decoded, or null
 * @param password decoded, or null
 * @param host as written, or empty; for an S3 access point its whole ARN
 * @param port in [1, 65535], or -1
 * @param path decoded, without {@code .}, {@code ..} or double slashes, and without slash at either end. Two
 *     schemes keep the leading slash: {@code file} always, {@code sftp} if the path began with two
 * @param parameters of the query, decoded, in order; of repeated ones the first. Empty for {@code file}
 */
public record ReplicaUrl(
        String scheme,
        @Nullable String user,
        @Nullable String password,
        String host,
        int port,
        String path,
        Map<String, String> parameters) {

    public ReplicaUrl {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads {@code scheme://[user[:password]@]host[:port]/path[?query]}; a fragment is dropped.
     *
     * @throws ReplicaException.Denied if there is no scheme, an escape is broken, or a part is missing that the
     *     scheme needs; the message holds no user, password or query
     */
    public static ReplicaUrl parse(String text) throws ReplicaException.Denied {
        return ReplicaUrlParser.parse(text);
    }

    /**
     * Makes the URL of a bucket from its parts, which are taken literally: nothing needs an escape.
     *
     * @param bucket name or access point ARN
     * @param prefix of the replica; slashes at either end are dropped
     */
    public static ReplicaUrl ofBucket(String scheme, String bucket, String prefix, Map<String, String> parameters) {
        return new ReplicaUrl(scheme, null, null, bucket, -1, ReplicaUrlParser.clean(prefix), parameters);
    }

    /**
     * Returns a query parameter.
     *
     * @param spellings its names; the first that is present and not empty wins
     * @return the value, or null
     */
    public @Nullable String parameter(String... spellings) {
        for (String spelling : spellings) {
            String value = parameters.get(spelling);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    /** Returns the URL for people: without user, password, and query. */
    public String displayName() {
        String authority = port < 0 ? host : host + ":" + port;
        if (path.isEmpty()) {
            return scheme + "://" + authority;
        }
        return scheme + "://" + authority + (scheme.equals("file") ? "" : "/") + path;
    }

    // See Txid.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReplicaUrl that
                && scheme.equals(that.scheme)
                && Objects.equals(user, that.user)
                && Objects.equals(password, that.password)
                && host.equals(that.host)
                && port == that.port
                && path.equals(that.path)
                && parameters.equals(that.parameters);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, user, password, host, port, path, parameters);
    }

    /** Returns {@link #displayName()}, so that no secret gets into a log by accident. */
    @Override
    public String toString() {
        return displayName();
    }
}
