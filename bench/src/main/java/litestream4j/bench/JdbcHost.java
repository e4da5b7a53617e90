package litestream4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import litestream4j.jdbc.LitestreamVfs;
import litestream4j.replica.Environment;

/** The host of host.py again, with the same commands and answers, but URLs of JDBC. */
public final class JdbcHost {
    private final List<Connection> connections = new ArrayList<>();

    /** Statements stay prepared, as those of Python's cache do. */
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    private JdbcHost() {}

    /** Serves standard input. */
    public static void main(String[] arguments) throws IOException {
        JdbcHost host = new JdbcHost();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println("ok\t" + host.serve(line.split("\t", -1)));
            } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
                out.println("error\t" + String.valueOf(e).replace('\n', ' '));
            }
        }
    }

    private String serve(String[] words) throws IOException, SQLException, InterruptedException {
        return switch (words[0]) {
            case "load" -> load();
            case "open" -> open(Integer.parseInt(words[1]), words[2], words[3]);
            case "close" -> close();
            case "query" -> query(words[1], words[2]);
            case "repeat" -> PreparedReads.repeat(prepare(words[1], words[2]), words[2].contains("?"), nanos(words[3]));
            case "lookups" ->
                PreparedReads.lookups(
                        prepare(words[1], words[2]),
                        Integer.parseInt(words[3]),
                        Integer.parseInt(words[4]),
                        nanos(words[5]));
            case "scan" ->
                PreparedReads.scan(
                        prepare(words[1], words[2]),
                        Long.parseLong(words[3]),
                        Long.parseLong(words[4]),
                        Long.parseLong(words[5]),
                        nanos(words[6]));
            case "together" -> together(Integer.parseInt(words[1]), words[2], Long.parseLong(words[3]));
            case "live" -> live();
            case "watch" -> PreparedReads.watch(prepare(words[1], words[2]), Long.parseLong(words[3]), nanos(words[4]));
            case "durations" ->
                PreparedReads.durations(
                        prepare(words[1], words[2]),
                        Integer.parseInt(words[3]),
                        Integer.parseInt(words[4]),
                        nanos(words[5]));
            case "pages" ->
                PageReads.run(
                        words[1], Integer.parseInt(words[2]), Duration.parse(words[3]), nanos("1"), nanos(words[4]));
            case "gets" ->
                Gets.run(
                        words[1],
                        words[2],
                        words[3],
                        Integer.parseInt(words[4]),
                        Integer.parseInt(words[5]),
                        Environment.PROCESS);
            case "download" ->
                "ms="
                        + Download.run(words[1], Long.parseLong(words[2]), Integer.parseInt(words[3]))
                                        .toNanos()
                                / 1e6;
            default -> throw new IllegalArgumentException("no command " + words[0]);
        };
    }

    private static String load() throws SQLException {
        LitestreamVfs.register();
        return "";
    }

    private String open(int count, String url, String sql) throws SQLException {
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Connection connection = DriverManager.getConnection(url);
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
            }
            connections.add(connection);
        }
        return ms(begin);
    }

    private String close() throws SQLException {
        prepared.clear();
        for (Connection connection : connections) {
            connection.close();
        }
        connections.clear();
        return "";
    }

    /** Collects all that can be, and answers how much is left. */
    private static String live() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return "bytes=" + (runtime.totalMemory() - runtime.freeMemory());
    }

    private String query(String at, String sql) throws SQLException {
        long begin = System.nanoTime();
        try (Statement statement = connection(at).createStatement()) {
            int count = 0;
            String value = "";
            if (statement.execute(sql)) {
                ResultSet rows = statement.getResultSet();
                for (; rows.next(); count++) {
                    value = rows.getString(1);
                }
            }
            return ms(begin) + "\trows=" + count + "\tvalue=" + value;
        }
    }

    /** As in host.py. */
    private String together(int count, String sql, long high) throws SQLException, InterruptedException {
        List<PreparedStatement> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PreparedStatement statement = prepare(Integer.toString(i), sql);
            if (sql.contains("?")) {
                statement.setLong(1, high * i / count);
                statement.setLong(2, high * (i + 1) / count);
            }
            statements.add(statement);
        }
        return PreparedReads.together(statements);
    }

    private PreparedStatement prepare(String at, String sql) throws SQLException {
        PreparedStatement statement = prepared.get(at + sql);
        if (statement == null) {
            statement = connection(at).prepareStatement(sql);
            prepared.put(at + sql, statement);
        }
        return statement;
    }

    private Connection connection(String at) {
        return connections.get(Integer.parseInt(at));
    }

    private static long nanos(String seconds) {
        return (long) (Double.parseDouble(seconds) * 1e9);
    }

    static String ms(long begin) {
        return "ms=" + (System.nanoTime() - begin) / 1e6;
    }
}
