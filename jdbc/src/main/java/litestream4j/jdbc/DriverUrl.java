package litestream4j.jdbc;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import litestream4j.sqlite.SqliteVfs;
import org.jspecify.annotations.Nullable;

/**
 * A URL that the driver accepts, taken apart.
 *
 * @param settings by full name
 * @param sqlite the URL for sqlite-jdbc, without the settings, if it was given as such
 * @param shown the URL for sqlite-jdbc without secrets
 */
record DriverUrl(Map<String, String> settings, @Nullable String sqlite, String shown) {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String FILE = "file:";
    private static final Set<String> SETTINGS = Set.of(
            ReplicaConnections.REPLICA_URL,
            ReplicaConnections.POLL_INTERVAL,
            ReplicaConnections.CACHE_SIZE,
            ReplicaConnections.OPEN_TIMEOUT,
            ReplicaConnections.SETTING_PREFIX + "held_size",
            ReplicaConnections.MAX_LAG,
            ReplicaConnections.SETTING_PREFIX + "verify",
            ReplicaConnections.SETTING_PREFIX + "readahead",
            ReplicaConnections.SETTING_PREFIX + "time",
            ReplicaConnections.SETTING_PREFIX + "txid");

    /** Of the Go extension, for what is not offered here: the VFS says so in the log, and opens all the same. */
    private static final Set<String> FOREIGN = Set.of(
            ReplicaConnections.SETTING_PREFIX + "write_enabled",
            ReplicaConnections.SETTING_PREFIX + "sync_interval",
            ReplicaConnections.SETTING_PREFIX + "buffer_path",
            ReplicaConnections.SETTING_PREFIX + "hydration_enabled",
            ReplicaConnections.SETTING_PREFIX + "hydration_path");

    /** Those that sqlite-jdbc has no use for itself, so that they mean the same to whoever opens the URL. */
    private static final Set<String> PLAIN = Set.of("replica_url", "poll_interval", "open_timeout");

    /** All but the URL itself; no storage service has parameters of these names. */
    private static final Set<String> PLAIN_IN_REPLICA_URL = Stream.concat(SETTINGS.stream(), FOREIGN.stream())
            .map(name -> name.substring(ReplicaConnections.SETTING_PREFIX.length()))
            .filter(name -> !name.equals("replica_url"))
            .collect(Collectors.toUnmodifiableSet());

    static boolean isAccepted(String url) {
        return url.startsWith(ReplicaConnections.PREFIX) || isForVfs(url);
    }

    private static boolean isForVfs(String url) {
        return url.startsWith(SQLITE)
                && parameters(url).stream().anyMatch(parameter -> parameter.equals("vfs=" + SqliteVfs.NAME));
    }

    /**
     * Reads an accepted URL; its settings win over those of the properties.
     *
     * @throws SQLException if a setting is unknown, or {@code file:} is missing in a URL of sqlite-jdbc
     */
    static DriverUrl parse(String url, Properties properties) throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(ReplicaConnections.SETTING_PREFIX)) {
                put(settings, name, properties.getProperty(name));
            }
        }
        return url.startsWith(SQLITE) ? ofSqlite(url, settings) : ofReplica(url, settings);
    }

    private static DriverUrl ofSqlite(String url, Map<String, String> settings) throws SQLException {
        String shown = beforeQuery(url) + "?vfs=" + SqliteVfs.NAME;
        if (!url.startsWith(FILE, SQLITE.length())) {
            throw new SQLException(
                    "%s: write %s instead; without \"file:\" sqlite-jdbc takes the whole for the name of a local file"
                            .formatted(shown, SQLITE + FILE + shown.substring(SQLITE.length())));
        }
        List<String> others = takeSettings(parameters(url), PLAIN, settings);
        return new DriverUrl(settings, beforeQuery(url) + "?" + String.join("&", others), shown);
    }

    private static DriverUrl ofReplica(String url, Map<String, String> settings) throws SQLException {
        List<String> others = takeSettings(parameters(url), PLAIN_IN_REPLICA_URL, settings);
        String replica = beforeQuery(url).substring(ReplicaConnections.PREFIX.length());
        if (replica.startsWith(FILE) && !others.isEmpty()) {
            // A folder has no parameters: this can only be a setting that is misspelt.
            throw unknown(nameOf(others.getFirst()));
        }
        String query = others.isEmpty() ? "" : "?" + String.join("&", others);
        ReplicaConnections.put(settings, ReplicaConnections.REPLICA_URL, replica + query);
        return new DriverUrl(settings, null, "");
    }

    /**
     * Moves those parameters that are settings to the settings; what is written with the prefix wins.
     *
     * @param plain names that are settings without the prefix too
     * @return the other parameters as they are
     */
    private static List<String> takeSettings(List<String> parameters, Set<String> plain, Map<String, String> settings)
            throws SQLException {
        List<String> others = new ArrayList<>();
        List<String> prefixed = new ArrayList<>();
        for (String parameter : parameters) {
            String name = nameOf(parameter);
            if (name.startsWith(ReplicaConnections.SETTING_PREFIX)) {
                prefixed.add(parameter);
            } else if (plain.contains(name)) {
                put(settings, ReplicaConnections.SETTING_PREFIX + name, valueOf(parameter));
            } else {
                others.add(parameter);
            }
        }
        for (String parameter : prefixed) {
            put(settings, nameOf(parameter), valueOf(parameter));
        }
        return others;
    }

    private static String nameOf(String parameter) {
        int equals = parameter.indexOf('=');
        return equals < 0 ? parameter : parameter.substring(0, equals);
    }

    private static String valueOf(String parameter) throws SQLException {
        int equals = parameter.indexOf('=');
        return equals < 0 ? "" : decode(parameter.substring(equals + 1));
    }

    private static void put(Map<String, String> settings, String name, String value) throws SQLException {
        if (!SETTINGS.contains(name) && !FOREIGN.contains(name)) {
            throw unknown(name);
        }
        ReplicaConnections.put(settings, name, value);
    }

    private static SQLException unknown(String name) {
        return new SQLException(
                "unknown setting %s: known are %s; sqlite-jdbc's own belong to the connection's properties"
                        .formatted(
                                name,
                                String.join(", ", SETTINGS.stream().sorted().toList())));
    }

    private static String decode(String value) throws SQLException {
        try {
            // A plus sign stands for itself, as in SQLite's URIs.
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SQLException("invalid percent escape in the settings of the URL", e);
        }
    }

    private static String beforeQuery(String url) {
        int mark = url.indexOf('?');
        return mark < 0 ? url : url.substring(0, mark);
    }

    private static List<String> parameters(String url) {
        int mark = url.indexOf('?');
        return mark < 0 ? List.of() : List.of(url.substring(mark + 1).split("&"));
    }
}
