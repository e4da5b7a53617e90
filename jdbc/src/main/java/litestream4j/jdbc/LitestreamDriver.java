package litestream4j.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The driver for {@code jdbc:litestream:REPLICA_URL}, as in
 * {@code jdbc:litestream:s3://bucket/db?region=eu-west-1&litestream_poll_interval=250ms}. Query parameters that begin
 * with {@code litestream_} are settings: {@code litestream_poll_interval}, {@code litestream_cache_size},
 * {@code litestream_open_timeout}; all others belong to the replica URL, which stays as it is written. Settings may
 * also be given as properties of the same names; all other properties go to sqlite-jdbc. Without a replica URL
 * ({@code jdbc:litestream:}) the environment decides. The connections are those of {@link LitestreamDataSource}.
 *
 * <p>It also accepts {@code jdbc:sqlite:file:x.db?vfs=litestream&litestream_replica_url=...}. DriverManager asks the
 * drivers in the order it found them: where sqlite-jdbc comes first, it opens such a URL itself once the VFS is
 * registered, and its exceptions have no reasons. The form {@code jdbc:sqlite:x.db?vfs=litestream}, without
 * {@code file:}, is refused here, but sqlite-jdbc, if asked first, creates a local file of that whole name: use
 * {@code jdbc:litestream:}.
 */
public final class LitestreamDriver implements Driver {
    static {
        try {
            DriverManager.registerDriver(new LitestreamDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** For ServiceLoader. */
    public LitestreamDriver() {}

    @Override
    public boolean acceptsURL(String url) {
        return DriverUrl.isAccepted(url);
    }

    @Override
    public @Nullable Connection connect(String url, @Nullable Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        Properties properties = info == null ? new Properties() : info;
        DriverUrl parsed = DriverUrl.parse(url, properties);
        Map<String, String> settings = new TreeMap<>(parsed.settings());
        ReplicaConnections.loginTimeout(settings, DriverManager.getLoginTimeout());
        String sqlite = parsed.sqlite();
        return sqlite == null
                ? ReplicaConnections.open(settings, properties)
                : ReplicaConnections.open(sqlite + ReplicaConnections.query(settings), parsed.shown(), properties);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        Map<String, String> settings =
                DriverUrl.isAccepted(url) ? DriverUrl.parse(url, info).settings() : Map.of();
        return new DriverPropertyInfo[] {
            describe(ReplicaConnections.REPLICA_URL, settings, "where the replica lies"),
            describe(ReplicaConnections.POLL_INTERVAL, settings, "time between two looks for new transactions"),
            describe(ReplicaConnections.CACHE_SIZE, settings, "bytes of decoded pages to keep"),
            describe(
                    ReplicaConnections.OPEN_TIMEOUT, settings, "how long to wait for a replica that holds nothing yet"),
        };
    }

    private static DriverPropertyInfo describe(String name, Map<String, String> settings, String description) {
        DriverPropertyInfo property = new DriverPropertyInfo(name, settings.get(name));
        property.description = description;
        return property;
    }

    @Override
    public int getMajorVersion() {
        return 0;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("the engine logs to the System.Logger litestream4j");
    }
}
