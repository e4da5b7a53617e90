package litestream4j.cli.diff;

import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import litestream4j.engine.Target;
import litestream4j.jdbc.LitestreamDataSource;
import litestream4j.ltx.Txid;
import litestream4j.sqlite.SqliteVfs;
import org.jspecify.annotations.Nullable;

/**
 * One connection that shows two states of a replica at once: the later one, as a rule, as {@code main}, the other one
 * attached. Neither moves, even if it is the newest. Not thread-safe.
 */
public final class TwoStates implements AutoCloseable {
    /** The schema that shows the state from which is compared. */
    static final String FROM = "litestream_from";

    private final Connection connection;
    private final Charset encoding;
    private final State from;
    private final State to;

    /** A state as it is shown. */
    public record State(String txid, String time) {
        @Override
        public String toString() {
            return "txid %s of %s".formatted(txid, time);
        }
    }

    private TwoStates(Connection connection) throws SQLException {
        this.connection = connection;
        this.encoding = Charset.forName(rows("PRAGMA encoding").getFirst().getFirst());
        this.from = state(FROM);
        this.to = state("main");
    }

    /**
     * Opens both.
     *
     * @param url of the replica; null if the environment names it
     */
    public static TwoStates open(LitestreamDataSource source, @Nullable String url, Target from, Target to)
            throws SQLException {
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            String set = pragma(to);
            if (!set.isEmpty()) {
                statement.execute(set);
            }
            statement.execute("ATTACH %s AS %s".formatted(Sql.quoted(uri(url, from)), FROM));
            statement.execute("BEGIN");
            // The first read of each pins what it shows.
            statement.execute(
                    "SELECT (SELECT count(*) FROM main.sqlite_schema), (SELECT count(*) FROM %s.sqlite_schema)"
                            .formatted(FROM));
            return new TwoStates(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static String pragma(Target target) {
        return switch (target) {
            case Target.Latest _ -> "";
            case Target.AtTxid(Txid txid) -> "PRAGMA litestream_txid = '%s'".formatted(txid);
            case Target.Before(Instant time) -> "PRAGMA litestream_time = '%s'".formatted(time);
        };
    }

    private static String uri(@Nullable String url, Target target) {
        String replica = url == null ? "" : "&litestream_replica_url=" + encode(url);
        return "file:from?vfs=" + SqliteVfs.NAME + replica
                + switch (target) {
                    case Target.Latest _ -> "";
                    case Target.AtTxid(Txid txid) -> "&litestream_txid=" + txid;
                    case Target.Before(Instant time) -> "&litestream_time=" + encode(time.toString());
                };
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private State state(String schema) throws SQLException {
        return new State(
                rows("PRAGMA %s.litestream_txid".formatted(schema)).getFirst().getFirst(),
                rows("PRAGMA %s.litestream_data_time".formatted(schema))
                        .getFirst()
                        .getFirst());
    }

    public State from() {
        return from;
    }

    public State to() {
        return to;
    }

    /** Returns the rows of a small result as text; NULL is the empty text. */
    List<List<String>> rows(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String text = result.getString(i);
                    row.add(text == null ? "" : text);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** Takes rows as they come. */
    interface RowReader<E extends Exception> {
        /**
         * Takes a row.
         *
         * @param values null, a Long, a Double, a byte[], a String, or {@link Sql.OddText}
         */
        void row(@Nullable Object[] values) throws E;
    }

    /**
     * Runs a query whose columns are pairs of type and value, as {@link #pair} writes them.
     *
     * @return how many rows there were
     */
    <E extends Exception> long read(String sql, int columns, RowReader<E> reader) throws SQLException, E {
        long rows = 0;
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                @Nullable Object[] values = new Object[columns];
                for (int i = 0; i < columns; i++) {
                    values[i] = value(result.getString(2 * i + 1), result, 2 * i + 2);
                }
                reader.row(values);
                rows++;
            }
        }
        return rows;
    }

    /** Writes the columns of a query that bring a value as it is: text as its bytes, since Java's may not hold it. */
    static String pair(String expression) {
        return "typeof(%1$s), CASE typeof(%1$s) WHEN 'text' THEN CAST(%1$s AS BLOB) ELSE %1$s END"
                .formatted(expression);
    }

    private @Nullable Object value(String type, ResultSet result, int column) throws SQLException {
        return switch (type) {
            case "null" -> null;
            case "integer" -> result.getLong(column);
            case "real" -> result.getDouble(column);
            case "text" -> Sql.text(bytes(result, column), encoding);
            default -> bytes(result, column);
        };
    }

    private static byte[] bytes(ResultSet result, int column) throws SQLException {
        byte[] bytes = result.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
