package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What reads cost where reading ahead has a hard time: see {@link OddTables}. Each in a new process. */
final class OddReads {
    /** Go asks for one page after the other, minutes of them, as the scenario COLD tells. */
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS, Contender.OURS_JDBC);

    private static final String ANY_ROW = "SELECT count(*) FROM sqlite_schema";

    /** The last byte, so that all overflow pages are read. */
    private static final String LARGE_ROWS = "SELECT sum(length(substr(body, -1))) FROM large";

    private static final long SETTLE_MILLIS = 1000;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final Cost cost;

    private OddReads(Run run, LoopbackStore store, Replica replica, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.cost = new Cost(run, store, table);
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = OddTables.make(run.programs().work().resolve("replicas"));
        String table = "Cold reads of other tables, %d ms a request".formatted(run.latencyMillis());
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            store.setLatencyMillis(run.latencyMillis());
            OddReads reads = new OddReads(run, store, replica, table);
            run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, reads::sample);
        }
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        sample(contender, "scan WITHOUT ROWID, 5 rows a page", 1, "SELECT sum(length(body)) FROM pair");
        sample(contender, "1000 rows by index, scattered", 1, events("WHERE at >= 0 ORDER BY at LIMIT 1000"));
        sample(contender, "the last 200 rows by index", 1, events("ORDER BY at DESC LIMIT 200"));
        sample(contender, "scan of 1000 rows of 12 kB", 1, LARGE_ROWS);
        sample(contender, "two scans at once of 1000 rows of 12 kB", 2, LARGE_ROWS);
        sample(contender, "integrity_check", 1, "PRAGMA integrity_check");
    }

    private static String events(String which) {
        return "SELECT sum(length(body)) FROM (SELECT body FROM event " + which + ")";
    }

    private void sample(Contender contender, String row, int count, String sql)
            throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String connections = Integer.toString(count);
            host.call("open", connections, run.database(contender, store, replica, 0), ANY_ROW);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            store.takeLog();
            cost.add(contender, row, host.measure("ms", "together", connections, sql, "0"), true);
        }
    }
}
