package litestream4j.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import litestream4j.sqlite.SqliteVfs;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * The VFS "litestream" in sqlite-jdbc's SQLite. {@link LitestreamDataSource} and {@link LitestreamDriver} see to it by
 * themselves; a program that opens {@code jdbc:sqlite:file:x.db?vfs=litestream} otherwise calls {@link #register}
 * first, and finds the reasons of failures in {@link litestream4j.sqlite.Failures}.
 */
public final class LitestreamVfs {
    private static volatile boolean registered;

    private LitestreamVfs() {}

    /**
     * Registers the VFS; does nothing if it is there. It stays for the life of the process, and changes nothing for
     * databases of other VFSs. Safe for all threads.
     *
     * @throws SQLException if there is no native library for this platform, or it cannot be unpacked or loaded; a
     *     later call tries again
     */
    public static void register() throws SQLException {
        if (!registered) {
            registerOnce();
        }
    }

    private static synchronized void registerOnce() throws SQLException {
        if (registered) {
            return;
        }
        SQLiteConfig config = new SQLiteConfig();
        config.enableLoadExtension(true);
        try (Connection bootstrap = JDBC.createConnection("jdbc:sqlite::memory:", config.toProperties())) {
            SqliteVfs.<SQLException>install((file, entryPoint) -> {
                try (PreparedStatement load = bootstrap.prepareStatement("SELECT load_extension(?, ?)")) {
                    load.setString(1, file.toString());
                    load.setString(2, entryPoint);
                    load.execute();
                }
            });
        } catch (IOException e) {
            throw new SQLException("cannot register the VFS litestream: " + e.getMessage(), e);
        }
        registered = true;
    }
}
