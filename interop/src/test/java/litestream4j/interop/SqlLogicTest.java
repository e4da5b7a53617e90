package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import litestream4j.jdbc.LitestreamDataSource;
import litestream4j.ltx.Txid;
import litestream4j.testkit.DatabasePublisher;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: any query gives the same rows on a replica as on the database. Method: scripts of the sqllogictest corpus,
 * drawn by seed until the time is up. A script's statements build a plain database; before its queries run, the
 * database is published, as a snapshot first and then as what changed; then each query runs on both.
 */
@Tag("interop")
class SqlLogicTest {
    /** Of the time that all tests may take. A slower machine compares less. */
    private static final Duration BUDGET = Duration.ofSeconds(20);

    /** Some scripts have a query after each statement: more states than these teach nothing new. */
    private static final int STATES_MAX = 12;

    /** For each state; scripts have up to 10,000 queries. */
    private static final int QUERIES_MAX = 120;

    private static final int[] PAGE_SIZES = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};

    private static final Instant BEGIN = Instant.parse("2026-01-15T10:30:00Z");

    @TempDir
    Path folder;

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private int compared;
    private int states;
    private int rows;

    @Test
    void queriesOfTheCorpusGiveTheSameRows() throws Exception {
        long end = System.nanoTime() + BUDGET.toNanos();
        int scripts = 0;
        try (JarFile corpus = corpus()) {
            List<JarEntry> entries = new ArrayList<>(corpus.stream()
                    .filter(entry -> entry.getName().endsWith(".test"))
                    .toList());
            Collections.shuffle(entries, random);
            assertThat(entries).as("scripts of the corpus").hasSizeGreaterThan(600);
            for (JarEntry entry : entries) {
                if (System.nanoTime() > end) {
                    break;
                }
                String text = new String(corpus.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                run(entry.getName(), text, PAGE_SIZES[scripts++ % PAGE_SIZES.length]);
            }
        }
        System.out.printf(
                "sqllogictest: %d queries with %d rows compared in %d states of %d scripts, seed=%d%n",
                compared, rows, states, scripts, seed);
        assertThat(compared).as("queries compared, seed=%d", seed).isGreaterThan(500);
        assertThat(states).as("states, seed=%d", seed).isGreaterThan(scripts);
    }

    private static JarFile corpus() throws IOException {
        URL script = SqlLogicTest.class.getClassLoader().getResource("test/select1.test");
        if (script == null || !(script.openConnection() instanceof JarURLConnection jar)) {
            String line = "SKIPPED: no sqllogictest corpus: run with -Pinterop, which brings it";
            System.err.println(line);
            Assumptions.abort(line);
            throw new AssertionError();
        }
        return jar.getJarFile();
    }

    /** One record of a script: a statement that changes the database, or a query. */
    private record Step(boolean isQuery, String sql) {}

    private void run(String script, String text, int pageSize) throws Exception {
        Path work = Files.createDirectories(folder.resolve("script-" + states));
        Path database = work.resolve("plain.db");
        LitestreamDataSource source = new LitestreamDataSource();
        source.setReplicaUrl("file://" + work.resolve("replica"));
        source.setPollInterval(Duration.ofMillis(20));
        DatabasePublisher publisher = new DatabasePublisher(work.resolve("replica"));
        List<Step> steps = steps(text);
        Connection replica = null;
        try (Connection plain = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            execute(plain, "PRAGMA page_size = " + pageSize);
            execute(plain, "PRAGMA synchronous = OFF");
            plain.setAutoCommit(false);
            int at = 0;
            for (int state = 1; state <= STATES_MAX && at < steps.size(); state++) {
                at = change(plain, steps, at);
                plain.commit();
                if (Files.size(database) == 0) {
                    return; // Nothing but queries without tables.
                }
                Txid txid = publisher.publish(database, BEGIN.plusSeconds(state));
                if (replica == null) {
                    replica = source.getConnection();
                }
                execute(replica, "PRAGMA litestream_wait = '" + txid + " 20s'");
                String where = "%s, page size %d, state %d, seed=%d".formatted(script, pageSize, state, seed);
                at = compare(plain, replica, steps, at, where);
                states++;
            }
            if (replica != null) {
                assertThat(answer(replica, "PRAGMA integrity_check")).as(script).containsExactly("ok");
            }
        } finally {
            if (replica != null) {
                replica.close();
            }
        }
    }

    /** Runs statements up to the next query, at times in several parts, so that there are increments. */
    private int change(Connection plain, List<Step> steps, int from) throws SQLException {
        int at = from;
        int limit = random.nextInt(4) == 0 ? 1 + random.nextInt(40) : Integer.MAX_VALUE;
        while (at < steps.size() && !steps.get(at).isQuery() && at - from < limit) {
            try {
                execute(plain, steps.get(at).sql());
            } catch (SQLException _) {
                // Some have to fail, others are not SQLite's; either way both sides see what came of it.
            }
            at++;
        }
        return at;
    }

    private int compare(Connection plain, Connection replica, List<Step> steps, int from, String where)
            throws SQLException {
        int to = from;
        while (to < steps.size() && steps.get(to).isQuery()) {
            to++;
        }
        List<Step> queries = new ArrayList<>(steps.subList(from, to));
        Collections.shuffle(queries, random);
        for (Step query : queries.subList(0, Math.min(QUERIES_MAX, queries.size()))) {
            List<String> expected = answer(plain, query.sql());
            assertThat(answer(replica, query.sql()))
                    .as("%s: %s", where, query.sql())
                    .isEqualTo(expected);
            compared++;
            rows += expected.size();
        }
        plain.commit();
        return to;
    }

    /** Reads a script; records that other engines alone can run are left out. */
    private static List<Step> steps(String text) {
        List<Step> steps = new ArrayList<>();
        for (String block : text.replace("\r\n", "\n").split("\n\n+", -1)) {
            List<String> lines =
                    block.lines().filter(line -> !line.startsWith("#")).toList();
            boolean skipped = lines.stream()
                    .anyMatch(line -> line.startsWith("skipif sqlite")
                            || (line.startsWith("onlyif") && !line.startsWith("onlyif sqlite")));
            List<String> record = lines.stream()
                    .dropWhile(line -> line.matches("(skipif|onlyif) .*"))
                    .toList();
            if (skipped || record.size() < 2 || !record.getFirst().matches("(statement|query) .*")) {
                continue;
            }
            Stream<String> sql = record.stream().skip(1).takeWhile(line -> !line.equals("----"));
            steps.add(new Step(record.getFirst().startsWith("query"), String.join("\n", sql.toList())));
        }
        return steps;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the rows in the order in which they came, or the refusal: both sides do the same with the same pages. */
    private static List<String> answer(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> answer = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= columns; column++) {
                    row.append(column == 1 ? "" : "|").append(result.getString(column));
                }
                answer.add(row.toString());
            }
            return answer;
        } catch (SQLException e) {
            return List.of("refused with code " + e.getErrorCode());
        }
    }
}
