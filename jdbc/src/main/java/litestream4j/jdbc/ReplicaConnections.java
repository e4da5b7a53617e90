package litestream4j.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.sqlite.SqliteVfs;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteOpenMode;

/** Opens connections through sqlite-jdbc. */
final class ReplicaConnections {
    static final String PREFIX = "jdbc:litestream:";

    /** In front of every setting: sqlite-jdbc keeps names such as {@code cache_size} to itself. */
    static final String SETTING_PREFIX = "litestream_";

    static final String REPLICA_URL = SETTING_PREFIX + "replica_url";
    static final String POLL_INTERVAL = SETTING_PREFIX + "poll_interval";
    static final String CACHE_SIZE = SETTING_PREFIX + "cache_size";
    static final String OPEN_TIMEOUT = SETTING_PREFIX + "open_timeout";
    static final String MAX_LAG = SETTING_PREFIX + "max_lag";

    private ReplicaConnections() {}

    /**
     * Opens a replica.
     *
     * @param settings by full name, not encoded; what is missing comes from the environment or has its default
     * @param properties for sqlite-jdbc
     */
    static Connection open(Map<String, String> settings, Properties properties) throws SQLException {
        return open("jdbc:sqlite:file:replica?vfs=" + SqliteVfs.NAME + query(settings), shown(settings), properties);
    }

    /**
     * Opens a URL of sqlite-jdbc that names the VFS.
     *
     * @param shown the URL without secrets
     */
    static Connection open(String sqliteUrl, String shown, Properties properties) throws SQLException {
        LitestreamVfs.register();
        try {
            SQLiteConnection connection = JDBC.createConnection(sqliteUrl, readOnly(properties));
            return ConnectionDelegate.wrap(connection, shown);
        } catch (SQLException e) {
            throw Reasons.explainOpening(e);
        }
    }

    /** Returns the settings as they follow another parameter in a URI. */
    static String query(Map<String, String> settings) {
        StringBuilder query = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) ->
                        query.append('&').append(name).append('=').append(encode(value)));
        return query.toString();
    }

    /** A plus sign stands for itself in SQLite's URIs. */
    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Not sqlite-jdbc's "explicit read-only": that would set {@code query_only} in each transaction, which forbids
     * temporary tables too.
     */
    private static Properties readOnly(Properties given) {
        Properties properties = new Properties();
        given.stringPropertyNames().forEach(name -> properties.setProperty(name, given.getProperty(name)));
        int flags = SQLiteOpenMode.READONLY.flag | SQLiteOpenMode.OPEN_URI.flag;
        properties.setProperty(SQLiteConfig.Pragma.OPEN_MODE.pragmaName, Integer.toString(flags));
        // DriverManager's: sqlite-jdbc would take the password for the key of an encrypted database.
        properties.remove("user");
        properties.remove("password");
        return properties;
    }

    private static String shown(Map<String, String> settings) {
        String url = settings.get(REPLICA_URL);
        try {
            return url == null ? PREFIX : PREFIX + ReplicaUrl.parse(url).displayName();
        } catch (ReplicaException.Denied _) {
            return PREFIX;
        }
    }

    /**
     * Returns a duration as the settings have it.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than 292 years
     */
    static String text(String name, Duration duration) {
        if (!duration.isPositive() || duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "%s must be greater than 0 and at most 292 years: %s".formatted(name, duration));
        }
        return duration.toNanos() + "ns";
    }

    /** Sets the open timeout from one of JDBC's own, in seconds, unless there is one. */
    static void loginTimeout(Map<String, String> settings, int seconds) {
        if (seconds > 0) {
            settings.putIfAbsent(OPEN_TIMEOUT, seconds + "s");
        }
    }

    /** Puts a setting unless it is null or empty. */
    static void put(Map<String, String> settings, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            settings.put(name, value);
        }
    }
}
