package litestream4j.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/**
 * What one open of a database is told. Immutable; equal settings can share one engine. {@code toString} shows no
 * secret.
 *
 * @param replica where the files lie
 * @param pollInterval time between two looks for new files; greater than 0
 * @param cacheBytes bound of the page cache, in bytes; at least 0
 * @param heldBytes bound of the memory for small files kept whole, in bytes; at least 0
 * @param openTimeout how long an open may wait for a replica to appear; greater than 0, or null to wait for ever
 * @param maxLag how long ago the newest transaction may have been reached last when a transaction begins; greater
 *     than 0, or null for any time
 * @param verifiesWhole whether large files are read and checked as a whole before their pages are served
 * @param readsAhead whether pages are fetched before they are asked for
 */
public record Settings(
        ReplicaUrl replica,
        Duration pollInterval,
        long cacheBytes,
        long heldBytes,
        @Nullable Duration openTimeout,
        @Nullable Duration maxLag,
        boolean verifiesWhole,
        boolean readsAhead) {
    /** Time between two looks for new files, unless told otherwise. */
    public static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    /** Bound of the page cache, in bytes, unless told otherwise. */
    public static final long CACHE_BYTES = 10 * 1024 * 1024;

    /**
     * Bound of the memory for small files, in bytes, unless told otherwise or the page cache is smaller: who sets a
     * small cache wants little memory used. Some 1000 transactions of an ordinary load.
     */
    public static final long HELD_BYTES = 8 * 1024 * 1024;

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "False", "FALSE");

    public Settings {
        if (!pollInterval.isPositive()) {
            throw new IllegalArgumentException("poll interval must be greater than 0: " + pollInterval);
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("cache size must not be negative: " + cacheBytes);
        }
        if (heldBytes < 0) {
            throw new IllegalArgumentException("held size must not be negative: " + heldBytes);
        }
        if (openTimeout != null && !openTimeout.isPositive()) {
            throw new IllegalArgumentException("open timeout must be greater than 0: " + openTimeout);
        }
        if (maxLag != null && !maxLag.isPositive()) {
            throw new IllegalArgumentException("greatest lag must be greater than 0: " + maxLag);
        }
    }

    /** Makes settings with the defaults of what is not given: any lag, no verification as a whole, read-ahead. */
    public Settings(ReplicaUrl replica, Duration pollInterval, long cacheBytes, @Nullable Duration openTimeout) {
        this(replica, pollInterval, cacheBytes, Math.min(HELD_BYTES, cacheBytes), openTimeout, null, false, true);
    }

    /** Returns the settings of a replica with every default. */
    public static Settings of(ReplicaUrl replica) {
        return new Settings(replica, POLL_INTERVAL, CACHE_BYTES, null);
    }

    /**
     * Finds the settings of one open. Each comes from the URI parameter {@code litestream_NAME}, else {@code NAME},
     * else the environment variable, else the default; an empty value counts as not set. The prefixed form is for
     * hosts that keep a plain name for themselves, as sqlite-jdbc does with {@code cache_size}.
     *
     * @param uriParameters of the database URI, decoded; unknown ones are ignored
     * @throws ReplicaException.Denied if there is no replica, or a value is invalid; the message names the setting,
     *     its value and the accepted form
     */
    public static Settings resolve(Map<String, String> uriParameters, Environment environment)
            throws ReplicaException.Denied {
        long cacheBytes = bytes("cache_size", CACHE_BYTES, uriParameters, environment);
        return new Settings(
                replica(uriParameters, environment),
                Objects.requireNonNullElse(duration("poll_interval", uriParameters, environment), POLL_INTERVAL),
                cacheBytes,
                bytes("held_size", Math.min(HELD_BYTES, cacheBytes), uriParameters, environment),
                duration("open_timeout", uriParameters, environment),
                duration("max_lag", uriParameters, environment),
                oneOf("verify", "full", "partial", uriParameters, environment, "partial"),
                oneOf("readahead", "on", "off", uriParameters, environment, "on"));
    }

    private static ReplicaUrl replica(Map<String, String> uriParameters, Environment environment)
            throws ReplicaException.Denied {
        Given url = find("replica_url", uriParameters, environment);
        if (url != null) {
            return ReplicaUrl.parse(url.value());
        }
        String bucket = environment.get("LITESTREAM_S3_BUCKET");
        String path = environment.get("LITESTREAM_S3_PATH");
        if (bucket != null && path != null) {
            return bucket(bucket, path, environment);
        }
        if (bucket == null && path == null) {
            throw new ReplicaException.Denied(
                    "no replica configured: set LITESTREAM_REPLICA_URL or LITESTREAM_S3_BUCKET and "
                            + "LITESTREAM_S3_PATH, or pass replica_url in the database URI");
        }
        String missing = bucket == null ? "LITESTREAM_S3_BUCKET" : "LITESTREAM_S3_PATH";
        String present = bucket == null ? "LITESTREAM_S3_PATH" : "LITESTREAM_S3_BUCKET";
        throw new ReplicaException.Denied(
                "no replica configured: %s is set but %s is not; set both".formatted(present, missing));
    }

    /** The older variables, as the URL that means the same. */
    private static ReplicaUrl bucket(String bucket, String path, Environment environment)
            throws ReplicaException.Denied {
        Map<String, String> parameters = new LinkedHashMap<>();
        String region = environment.get("LITESTREAM_S3_REGION");
        if (region != null) {
            parameters.put("region", region);
        }
        String endpoint = environment.get("LITESTREAM_S3_ENDPOINT");
        if (endpoint != null) {
            parameters.put("endpoint", endpoint);
        }
        Boolean pathStyle = flag("LITESTREAM_S3_FORCE_PATH_STYLE", environment);
        if (pathStyle != null) {
            parameters.put("forcePathStyle", pathStyle.toString());
        } else {
            // In a URL an endpoint that is given means path style; with these variables it does not.
            parameters.put("addressing", "provider");
        }
        Boolean skipVerify = flag("LITESTREAM_S3_SKIP_VERIFY", environment);
        if (skipVerify != null) {
            parameters.put("skipVerify", skipVerify.toString());
        }
        return ReplicaUrl.ofBucket("s3", bucket, path, parameters);
    }

    private static @Nullable Boolean flag(String variable, Environment environment) throws ReplicaException.Denied {
        String value = environment.get(variable);
        if (value == null) {
            return null;
        }
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw invalid(new Given(variable, value), "true or false");
        }
        return TRUE.contains(value);
    }

    private static @Nullable Duration duration(String key, Map<String, String> uriParameters, Environment environment)
            throws ReplicaException.Denied {
        Given given = find(key, uriParameters, environment);
        if (given == null) {
            return null;
        }
        return DurationText.parse(given.value())
                .filter(Duration::isPositive)
                .orElseThrow(() -> invalid(given, DurationText.FORM + ", greater than 0"));
    }

    private static long bytes(String key, long otherwise, Map<String, String> uriParameters, Environment environment)
            throws ReplicaException.Denied {
        Given given = find(key, uriParameters, environment);
        if (given == null) {
            return otherwise;
        }
        Predicate<String> digits = text -> text.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits.test(given.value())) {
                return Long.parseLong(given.value());
            }
        } catch (NumberFormatException _) {
            // Too great; said below.
        }
        throw invalid(given, "a whole number of bytes without a unit, such as 10485760");
    }

    /** Reads a setting of two words; tells whether it is the first. */
    private static boolean oneOf(
            String key,
            String first,
            String second,
            Map<String, String> uriParameters,
            Environment environment,
            String otherwise)
            throws ReplicaException.Denied {
        Given given = find(key, uriParameters, environment);
        String value = given == null ? otherwise : given.value().toLowerCase(Locale.ROOT);
        if (given != null && !value.equals(first) && !value.equals(second)) {
            throw invalid(given, first + " or " + second);
        }
        return value.equals(first);
    }

    private static @Nullable Given find(String key, Map<String, String> uriParameters, Environment environment) {
        for (String name : new String[] {"litestream_" + key, key}) {
            String value = uriParameters.get(name);
            if (value != null && !value.isEmpty()) {
                return new Given(name, value);
            }
        }
        String variable = "LITESTREAM_" + key.toUpperCase(Locale.ROOT);
        String value = environment.get(variable);
        return value == null ? null : new Given(variable, value);
    }

    private static ReplicaException.Denied invalid(Given given, String form) {
        return new ReplicaException.Denied(
                "invalid %s: \"%s\": expected %s".formatted(given.name(), given.value(), form));
    }

    /** A value and the name under which it was given. */
    private record Given(String name, String value) {}
}
