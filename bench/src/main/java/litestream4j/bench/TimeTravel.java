package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a look at a moment of the past costs, whose files are known already, and the way back. */
final class TimeTravel {
    /** Not Go: its extension answers this with "out of memory" on this replica, and the run would end there. */
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS, Contender.OURS_JDBC, Contender.OURS_WARM);

    private static final long SETTLE_MILLIS = 1000;

    private TimeTravel() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        // Between two files of level 0, so that all files of the plan are some of those of the newest state.
        String past = "PRAGMA litestream_time = '"
                + ReplicaMaker.timeOf(replica.lastTxid() - 10).plusMillis(500) + "'";
        String table = "Time travel, large replica, %d ms a request".formatted(run.latencyMillis());
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, contender -> {
                try (HostProcess host = run.host(contender)) {
                    store.setLatencyMillis(0);
                    String database = run.database(contender, store, replica, 0);
                    host.call("open", "1", database, Queries.FIRST_ROW);
                    TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
                    store.setLatencyMillis(run.latencyMillis());
                    store.takeLog();
                    Cost cost = new Cost(run, store, table);
                    cost.add(contender, "to the past", host.measure("ms", "query", "0", past), true);
                    cost.add(contender, "first row there", host.measure("ms", "query", "0", Queries.TICKER), true);
                    String back = "PRAGMA litestream_time = latest";
                    cost.add(contender, "back to the newest state", host.measure("ms", "query", "0", back), true);
                    cost.add(contender, "to the past again", host.measure("ms", "query", "0", past), true);
                }
            });
        }
    }
}
