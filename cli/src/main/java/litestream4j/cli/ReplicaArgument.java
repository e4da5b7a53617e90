package litestream4j.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import litestream4j.engine.DurationText;
import litestream4j.engine.Settings;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/** How command lines name a replica. */
final class ReplicaArgument {
    /** In place of a URL: take it from the environment. */
    static final String FROM_ENVIRONMENT = "-";

    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);

    private ReplicaArgument() {}

    /** Tells whether an argument is meant as a URL, and not as SQL. */
    static boolean isUrl(String argument) {
        return URL.matcher(argument).matches();
    }

    /**
     * Returns the replica that is meant.
     *
     * @param argument a URL, {@code -}, or null if there was none
     * @throws ReplicaException.Denied if the URL cannot be used
     * @throws UsageException if there is none
     */
    static ReplicaUrl resolve(@Nullable String argument, Environment environment) throws ReplicaException.Denied {
        if (argument != null && !argument.equals(FROM_ENVIRONMENT)) {
            checkHasScheme(argument);
            return ReplicaUrl.parse(argument);
        }
        if (environment.get("LITESTREAM_REPLICA_URL") == null
                && environment.get("LITESTREAM_S3_BUCKET") == null
                && environment.get("LITESTREAM_S3_PATH") == null) {
            throw new UsageException("missing URL; name a replica, such as file:///PATH or s3://BUCKET/PATH, or set"
                    + " LITESTREAM_REPLICA_URL");
        }
        return Settings.resolve(Map.of(), environment).replica();
    }

    private static void checkHasScheme(String argument) {
        if (isUrl(argument)) {
            return;
        }
        String meant = "a URL such as file:///PATH or s3://BUCKET/PATH";
        try {
            Path path = Path.of(argument);
            if (Files.isDirectory(path)) {
                meant = path.toAbsolutePath().normalize().toUri().toString().replaceFirst("/$", "");
            }
        } catch (InvalidPathException _) {
            // No path either.
        }
        throw new UsageException("replica url scheme required: %s; use %s".formatted(argument, meant));
    }

    /** Reads a duration greater than 0. */
    static Duration duration(String option, String text) {
        return DurationText.parse(text)
                .filter(Duration::isPositive)
                .orElseThrow(() -> new UsageException(
                        "invalid %s: \"%s\"; use %s, greater than 0".formatted(option, text, DurationText.FORM)));
    }
}
