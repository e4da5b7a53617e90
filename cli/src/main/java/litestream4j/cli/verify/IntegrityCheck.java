package litestream4j.cli.verify;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * What SQLite says of a database file.
 *
 * @param result {@code ok}, or the first complaint
 */
record IntegrityCheck(String result, List<Finding> findings) {
    private static final int COMPLAINTS_MAX = 10;

    /** Asks SQLite, without a change to the file or one beside it. */
    static IntegrityCheck of(Path database) {
        SQLiteConfig config = new SQLiteConfig();
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        config.setReadOnly(true);
        // Immutable: a database in WAL mode would be given a WAL otherwise.
        String url = "jdbc:sqlite:" + database.toUri().toString().replaceFirst("^file:/+", "file:///") + "?immutable=1";
        List<String> lines = new ArrayList<>();
        try (Connection connection = JDBC.createConnection(url, config.toProperties());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA integrity_check(%d)".formatted(COMPLAINTS_MAX))) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        } catch (SQLException e) {
            return failed(e);
        }
        if (lines.equals(List.of("ok"))) {
            return new IntegrityCheck("ok", List.of());
        }
        return new IntegrityCheck(
                lines.getFirst(),
                lines.stream()
                        .map(line -> Finding.damage("integrity_check of the newest state: " + line.strip()))
                        .toList());
    }

    private static IntegrityCheck failed(SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        String text = "integrity_check of the newest state: " + e.getMessage();
        boolean isDamage = (code.code & 0xFF) == SQLiteErrorCode.SQLITE_CORRUPT.code
                || (code.code & 0xFF) == SQLiteErrorCode.SQLITE_NOTADB.code;
        // Other failures are SQLite's own: an extension that the schema needs, for one.
        return new IntegrityCheck(
                String.valueOf(e.getMessage()), List.of(isDamage ? Finding.damage(text) : Finding.warning(text)));
    }
}
