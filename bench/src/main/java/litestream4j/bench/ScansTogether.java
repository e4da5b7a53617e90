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

    private ScansTogether() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        String table = "Scans at once, large replica, %d ms a request".formatted(run.latencyMillis());
        String high = Integer.toString(replica.shape().items());
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            store.setLatencyMillis(run.latencyMillis());
            run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, contender -> {
                for (int count = 1; count <= CONNECTIONS; count *= 2) {
                    String what = count == 1 ? "1 scan" : count + " scans of the same table";
                    sample(run, contender, store, replica, table, what, count, Queries.WHOLE_SCAN, high);
                }
                String what = CONNECTIONS + " scans, each of its part of the table";
                sample(run, contender, store, replica, table, what, CONNECTIONS, Queries.SCAN, high);
            });
        }
    }

    private static void sample(
            Run run,
            Contender contender,
            LoopbackStore store,
            Replica replica,
            String table,
            String what,
            int count,
            String sql,
            String high)
            throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String connections = Integer.toString(count);
            host.call("open", connections, run.database(contender, store, replica, 0), Queries.FIRST_ROW);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            store.takeLog();
            double ms = host.measure("ms", "together", connections, sql, high);
            new Cost(run, store, table).add(contender, what, ms, true);
        }
    }
}
