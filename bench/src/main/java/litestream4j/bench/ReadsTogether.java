package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a statement costs in a new process, on one connection or on several at once. */
final class ReadsTogether {
    /** Go asks for one page after the other: minutes, of which the scenario COLD tells. */
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS, Contender.OURS_JDBC);

    /** Long enough for what an open begins and does not wait for. */
    private static final long SETTLE_MILLIS = 1000;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final String first;
    private final Cost cost;

    private ReadsTogether(Run run, LoopbackStore store, Replica replica, String first, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.first = first;
        this.cost = new Cost(run, store, table);
    }

    /** Measures one contender. */
    interface Rows {
        void sample(ReadsTogether reads, Contender contender) throws IOException, SQLException, InterruptedException;
    }

    /**
     * Fills a table.
     *
     * @param first what a connection runs before anything is measured
     */
    static void run(Run run, Replica replica, String first, String title, Rows rows)
            throws IOException, SQLException, InterruptedException {
        String table = "%s, %d ms a request".formatted(title, run.latencyMillis());
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            store.setLatencyMillis(run.latencyMillis());
            ReadsTogether reads = new ReadsTogether(run, store, replica, first, table);
            run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, contender -> rows.sample(reads, contender));
        }
    }

    /**
     * Measures one row.
     *
     * @param count connections that run the statement at once
     */
    void sample(Contender contender, String row, int count, String sql)
            throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String connections = Integer.toString(count);
            host.call("open", connections, run.database(contender, store, replica, 0), first);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            store.takeLog();
            String items = Integer.toString(replica.shape().items());
            cost.add(contender, row, host.measure("ms", "together", connections, sql, items), true);
        }
    }
}
