package litestream4j.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one Litestream replica, read only. Opening one is cheap while another is open: all connections of a
 * process to a replica share a poller, an index and a page cache.
 *
 * <p>A property that is not set comes from the environment (see the project's table of settings), or has its default.
 * The properties are to be set before the data source is shared; from then on it is safe for all threads.
 *
 * <p>Failures of the replica come as {@link SQLException} with SQLite's code and a message that says what is wrong;
 * a write always fails with {@code litestream is a read only vfs}. {@link Connection#setReadOnly} is accepted and
 * changes nothing. Temporary tables can be written. A query timeout, {@link java.sql.Statement#cancel}, closing the
 * connection and interrupting the thread end a wait for the store within about 20 ms; opening a replica that holds
 * nothing yet waits for it, and is ended by interrupting the thread or by the open timeout. The query timeout is that
 * of one call: to execute the statement, or to step to the next row.
 * {@link Connection#unwrap} reaches {@link org.sqlite.SQLiteConnection}.
 */
public final class LitestreamDataSource implements DataSource {
    private @Nullable String replicaUrl;
    private @Nullable Duration pollInterval;
    private @Nullable Long cacheSize;
    private @Nullable Duration openTimeout;
    private @Nullable Duration maxLag;
    private Properties sqliteProperties = new Properties();
    private int loginTimeout;
    private @Nullable PrintWriter logWriter;

    /** Creates a data source that takes everything from the environment. */
    public LitestreamDataSource() {}

    @Override
    public Connection getConnection() throws SQLException {
        return ReplicaConnections.open(settings(), sqliteProperties);
    }

    /** Opens a connection as {@link #getConnection()}: a replica knows no users. */
    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        return getConnection();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        ReplicaConnections.put(settings, ReplicaConnections.REPLICA_URL, replicaUrl);
        if (pollInterval != null) {
            settings.put(ReplicaConnections.POLL_INTERVAL, ReplicaConnections.text("pollInterval", pollInterval));
        }
        if (cacheSize != null) {
            settings.put(ReplicaConnections.CACHE_SIZE, cacheSize.toString());
        }
        if (openTimeout != null) {
            settings.put(ReplicaConnections.OPEN_TIMEOUT, ReplicaConnections.text("openTimeout", openTimeout));
        }
        if (maxLag != null) {
            settings.put(ReplicaConnections.MAX_LAG, ReplicaConnections.text("maxLag", maxLag));
        }
        ReplicaConnections.loginTimeout(settings, loginTimeout);
        return settings;
    }

    public @Nullable String getReplicaUrl() {
        return replicaUrl;
    }

    /** Sets where the replica lies, as in {@code s3://bucket/db?region=eu-west-1} or {@code file:///data/replica}. */
    public void setReplicaUrl(@Nullable String replicaUrl) {
        this.replicaUrl = replicaUrl;
    }

    public @Nullable Duration getPollInterval() {
        return pollInterval;
    }

    /** Sets the time between two looks for new transactions; greater than 0, 1 s by default. */
    public void setPollInterval(@Nullable Duration pollInterval) {
        if (pollInterval != null) {
            ReplicaConnections.text("pollInterval", pollInterval);
        }
        this.pollInterval = pollInterval;
    }

    public @Nullable Long getCacheSize() {
        return cacheSize;
    }

    /**
     * Sets the bound of the page cache, in bytes; at least 0, 10 MiB by default. The first connection to a replica
     * decides for all that share its cache.
     */
    public void setCacheSize(@Nullable Long cacheSize) {
        if (cacheSize != null && cacheSize < 0) {
            throw new IllegalArgumentException("cacheSize must not be negative: " + cacheSize);
        }
        this.cacheSize = cacheSize;
    }

    public @Nullable Duration getOpenTimeout() {
        return openTimeout;
    }

    /** Sets how long opening waits for a replica that holds nothing yet; greater than 0, for ever by default. */
    public void setOpenTimeout(@Nullable Duration openTimeout) {
        if (openTimeout != null) {
            ReplicaConnections.text("openTimeout", openTimeout);
        }
        this.openTimeout = openTimeout;
    }

    public @Nullable Duration getMaxLag() {
        return maxLag;
    }

    /**
     * Sets how long ago the newest state may have been reached last: a transaction that would see older data fails
     * instead. Greater than 0; any age by default.
     */
    public void setMaxLag(@Nullable Duration maxLag) {
        if (maxLag != null) {
            ReplicaConnections.text("maxLag", maxLag);
        }
        this.maxLag = maxLag;
    }

    public Properties getSqliteProperties() {
        return copy(sqliteProperties);
    }

    /** Sets what sqlite-jdbc is told, as in {@code new SQLiteConfig().toProperties()}; its open mode is overruled. */
    public void setSqliteProperties(Properties sqliteProperties) {
        this.sqliteProperties = copy(sqliteProperties);
    }

    private static Properties copy(Properties properties) {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    /** Sets the open timeout in seconds, if {@link #setOpenTimeout} does not; 0 for none. */
    @Override
    public void setLoginTimeout(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("login timeout must not be negative: " + seconds);
        }
        loginTimeout = seconds;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    /** Keeps the writer and never uses it: the engine logs to the {@link System.Logger} "litestream4j". */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("the engine logs to the System.Logger litestream4j");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("no %s in here: there is a %s"
                    .formatted(type.getName(), getClass().getName()));
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
