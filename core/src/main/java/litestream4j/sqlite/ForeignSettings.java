package litestream4j.sqlite;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import litestream4j.engine.DurationText;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Go extension for what is not offered here: writing, and restoring to a local file while reading. A
 * program that sets them reads all the same, so an open goes on; the log says once what will not happen.
 */
final class ForeignSettings {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * Looks at the settings of one open.
     *
     * @throws ReplicaException.Denied if one is invalid that would fail the open in the Go extension as well
     */
    void check(String name, Map<String, String> parameters, Environment environment) throws ReplicaException.Denied {
        boolean writes = isOn("write_enabled", parameters, environment);
        if (writes) {
            tell(name, "write_enabled", "there is no write mode: the database is open read only");
        }
        if (isOn("hydration_enabled", parameters, environment)) {
            tell(name, "hydration_enabled", "there is no hydration: pages are fetched when they are read, and cached");
        }
        checkInterval("sync_interval", parameter("sync_interval", parameters));
        if (writes) {
            checkInterval("LITESTREAM_SYNC_INTERVAL", environment.get("LITESTREAM_SYNC_INTERVAL"));
        }
    }

    private static boolean isOn(String key, Map<String, String> parameters, Environment environment) {
        String value = parameter(key, parameters);
        if (value != null) {
            return value.equals("1") || value.equalsIgnoreCase("true");
        }
        return "true".equalsIgnoreCase(environment.get("LITESTREAM_" + key.toUpperCase(Locale.ROOT)));
    }

    private static @Nullable String parameter(String key, Map<String, String> parameters) {
        String value = parameters.getOrDefault("litestream_" + key, parameters.getOrDefault(key, ""));
        return value.isEmpty() ? null : value;
    }

    private static void checkInterval(String key, @Nullable String value) throws ReplicaException.Denied {
        if (value != null
                && DurationText.parse(value).filter(Duration::isPositive).isEmpty()) {
            throw new ReplicaException.Denied(
                    "invalid %s: \"%s\": expected %s, greater than 0".formatted(key, value, DurationText.FORM));
        }
    }

    private void tell(String name, String key, String what) {
        if (told.add(key)) {
            LOG.log(System.Logger.Level.WARNING, "{0}: {1} is set, but {2}", name, key, what);
        }
    }
}
