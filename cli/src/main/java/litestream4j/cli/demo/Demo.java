package litestream4j.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.cli.output.Amounts;
import litestream4j.cli.publish.Publication;
import litestream4j.jdbc.LitestreamDataSource;
import litestream4j.ltx.Txid;

/** A replica is written, followed, and looked back at; every number shown is compared with the primary's. */
public final class Demo {
    private static final int WATCHERS = 3;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Stage stage;
    private final DemoFolder folder;
    private final Path extension;
    private final LitestreamDataSource replica = new LitestreamDataSource();

    public Demo(Stage stage, DemoFolder folder, Path extension) {
        this.stage = stage;
        this.folder = folder;
        this.extension = extension;
        replica.setReplicaUrl(folder.replicaUrl());
        replica.setPollInterval(POLL_INTERVAL);
        replica.setOpenTimeout(PATIENCE);
    }

    /** Runs all acts. */
    public void run() throws IOException, SQLException, InterruptedException {
        Primary.State remembered;
        try (Primary primary = new Primary(folder)) {
            open(primary);
            try (Watchers watchers = new Watchers(replica)) {
                primary.start();
                freshData(primary, watchers);
                remembered = isolation(primary);
                lookBack(primary, remembered);
                cost(primary, watchers);
            }
        }
        goOn(remembered);
    }

    private void open(Primary primary) throws IOException, SQLException {
        stage.act("A shop keeps its orders in SQLite, and replicates them to a folder");
        Publication.Added first = primary.publishFirst();
        stage.say("database  %s, %s, %d orders"
                .formatted(
                        folder.database(),
                        Amounts.bytes(first.commit().bytes(first.pageSize())),
                        primary.newest().orders()));
        stage.say("replica   %s, transaction %s, %s"
                .formatted(folder.replicaUrl(), first.txid(), Amounts.bytes(first.bytes())));
    }

    private void freshData(Primary primary, Watchers watchers) throws IOException, InterruptedException {
        stage.act("Orders come in every 200 ms; three connections query the replica in place");
        stage.show("SELECT litestream_txid(), count(*), sum(pieces * price) FROM orders JOIN products ...");
        stage.say("primary     | reader 1    reader 2    reader 3   |      revenue   queries so far");
        for (int second = 0; second < 6; second++) {
            Thread.sleep(700);
            StringBuilder line = new StringBuilder();
            line.append("%5d orders |".formatted(primary.newest().orders()));
            for (Watcher watcher : watchers.all()) {
                line.append(" %5d      ".formatted(watcher.latest().orders()));
            }
            line.append("|")
                    .append(String.format(
                            Locale.ROOT,
                            "%13.2f   %d",
                            watchers.all().getFirst().latest().revenue(),
                            watchers.queries()));
            stage.say(line.toString());
        }
    }

    private Primary.State isolation(Primary primary) throws IOException, SQLException, InterruptedException {
        stage.act("A transaction sees one state for as long as it lasts");
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            Row before = row(statement);
            stage.say("BEGIN;   orders: %d   txid %s".formatted(before.orders, before.txid));
            Primary.State begin = primary.newest();
            while (primary.newest().txid().value() < begin.txid().value() + 5) {
                Thread.sleep(50);
            }
            stage.say("         the primary has %d by now"
                    .formatted(primary.newest().orders()));
            Row inside = row(statement);
            check(inside.equals(before), "the transaction's view moved");
            stage.say("         orders: %d   txid %s   still".formatted(inside.orders, inside.txid));
            statement.execute("COMMIT");
            Row after = row(statement);
            check(after.orders > before.orders, "the view stayed behind after the transaction");
            stage.say("COMMIT;  orders: %d   txid %s".formatted(after.orders, after.txid));
            return primary.history().getOrDefault(Txid.parse(before.txid).orElseThrow(), begin);
        }
    }

    private void lookBack(Primary primary, Primary.State then) throws IOException, SQLException {
        stage.act("A look back in time");
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement()) {
            stage.say("now      orders: %d".formatted(row(statement).orders));
            // Files stamped before the time count, so the moment just after is the one to ask for.
            String pragma =
                    "PRAGMA litestream_time = '%s'".formatted(then.time().plusMillis(1));
            statement.execute(pragma);
            stage.show(pragma + ";");
            Row past = row(statement);
            check(
                    past.orders == then.orders(),
                    "the look back found %d orders, not %d".formatted(past.orders, then.orders()));
            stage.say("then     orders: %d   txid %s   (the primary had %d)"
                    .formatted(past.orders, past.txid, then.orders()));
            statement.execute("PRAGMA litestream_time = 'latest'");
            stage.show("PRAGMA litestream_time = 'latest';");
            stage.say("now      orders: %d   (the primary has %d)"
                    .formatted(row(statement).orders, primary.newest().orders()));
        }
    }

    private void cost(Primary primary, Watchers watchers) throws IOException, SQLException {
        stage.act("What it cost");
        try (Connection connection = replica.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA litestream_stats")) {
            rows.next();
            String stats = rows.getString(1);
            stage.show("PRAGMA litestream_stats;");
            stage.say("requests  %d lists, %d ranged reads, %d new files found by name, %d looks for one not there yet"
                    .formatted(
                            number(stats, "list_requests"),
                            number(stats, "read_requests"),
                            number(stats, "find_requests"),
                            number(stats, "find_misses")));
            stage.say("received  %s for %d transactions and %d queries on %d connections"
                    .formatted(
                            Amounts.bytes(number(stats, "received_bytes")),
                            primary.newest().txid().value(),
                            watchers.queries(),
                            WATCHERS));
        }
        stage.say("checked   %d different states seen by the readers; each had exactly the primary's orders"
                .formatted(verify(primary, watchers)));
    }

    private static int verify(Primary primary, Watchers watchers) throws IOException {
        int states = 0;
        for (Watcher watcher : watchers.all()) {
            for (Map.Entry<Txid, Long> seen : watcher.ordersSeen().entrySet()) {
                Primary.State state = primary.history().get(seen.getKey());
                // A state that was just published may not be in the history yet.
                if (state != null) {
                    check(
                            state.orders() == seen.getValue(),
                            "txid %s: a reader saw %d orders, the primary had %d"
                                    .formatted(seen.getKey(), seen.getValue(), state.orders()));
                    states++;
                }
            }
        }
        return states;
    }

    private void goOn(Primary.State then) throws IOException {
        String url = folder.replicaUrl();
        stage.act("Go on by hand");
        stage.say("sqlite3");
        stage.say("  .load " + quoted(extension.toString().replaceFirst("\\.so$", "")));
        stage.say("  .open 'file:shop?vfs=litestream&replica_url=%s'".formatted(url));
        stage.say("  SELECT city, count(*) FROM customers JOIN orders ON customer = customers.id GROUP BY city;");
        stage.say("  PRAGMA litestream_time = '%s';".formatted(then.time().plusMillis(1)));
        stage.say("  SELECT count(*) FROM orders;");
        stage.say("");
        stage.say("./litestream4j query " + url);
        stage.say("./litestream4j info " + url);
        stage.say("sqlite3 %s \"DELETE FROM orders WHERE id > 100\"".formatted(folder.database()));
        stage.say("./litestream4j publish %s %s".formatted(folder.database(), url));
    }

    private static String quoted(String path) {
        return path.indexOf(' ') < 0 ? path : "'" + path + "'";
    }

    private static Row row(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT litestream_txid(), count(*) FROM orders")) {
            rows.next();
            return new Row(rows.getString(1), rows.getLong(2));
        }
    }

    private record Row(String txid, long orders) {}

    private static long number(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private static void check(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException("demo: " + otherwise + "; this is a defect, please report it");
        }
    }

    /** All watchers. */
    private static final class Watchers implements AutoCloseable {
        private final List<Watcher> all = new ArrayList<>();

        Watchers(LitestreamDataSource replica) throws SQLException {
            for (int i = 1; i <= WATCHERS; i++) {
                all.add(new Watcher(replica.getConnection(), "reader-" + i));
            }
        }

        List<Watcher> all() {
            return all;
        }

        long queries() {
            return all.stream().mapToLong(Watcher::queries).sum();
        }

        @Override
        public void close() throws SQLException {
            for (Watcher watcher : all) {
                watcher.close();
            }
        }
    }
}
