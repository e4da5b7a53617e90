package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What scans cost that run at once on connections of one process; their pages are more than the cache takes. */
final class ScansTogether {
    /** Go asks for one page after the other: minutes, of which the scenario COLD tells. */
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS, Contender.OURS_JDBC);

    private static final int CONNECTIONS = 8;
    private static final long SETTLE_MILLIS = 1000;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final Cost cost;

    private ScansTogether(Run run, LoopbackStore store, Replica replica, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.cost = new Cost(run, store, table);
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        String table = "Scans at once, large replica, %d ms a request".formatted(run.latencyMillis());
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            store.setLatencyMillis(run.latencyMillis());
            ScansTogether scans = new ScansTogether(run, store, replica, table);
            run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, scans::sample);
        }
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        for (int count = 1; count <= CONNECTIONS; count *= 2) {
            String row = count == 1 ? "1 scan" : count + " scans of the same table";
            sample(contender, row, count, Queries.WHOLE_SCAN);
        }
        sample(contender, CONNECTIONS + " scans, each of its part of the table", CONNECTIONS, Queries.SCAN);
    }

    private void sample(Contender contender, String row, int count, String sql)
            throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String connections = Integer.toString(count);
            host.call("open", connections, run.database(contender, store, replica, 0), Queries.FIRST_ROW);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            store.takeLog();
            String items = Integer.toString(replica.shape().items());
            cost.add(contender, row, host.measure("ms", "together", connections, sql, items), true);
        }
    }
}
