package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the size of a replica costs: the same database of some 10 MB as it is, and with free pages behind it up to 10
 * GB. Nobody reads these, but each has its entry in the index of the snapshot, which takes 24 MB.
 */
final class HugeReads {
    private static final List<Contender> CONTENDERS = List.of(Contender.GO, Contender.OURS, Contender.OURS_WARM);

    private static final int PAGES = 2_600_000;

    /** Interior pages are fetched in the background after an open; long enough for that. */
    private static final long SETTLE_MILLIS = 1500;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final String table;

    private HugeReads(Run run, LoopbackStore store, Replica replica, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.table = table;
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica ten = run.replica(Shape.TEN);
        Replica huge = EnlargedReplica.of(ten, "enlarged", PAGES);
        for (boolean isHuge : new boolean[] {false, true}) {
            String table = "Cold, %s, %d ms a request"
                    .formatted(isHuge ? "the same with 10 GB of free pages" : "10 MB replica", run.latencyMillis());
            try (LoopbackStore store = LoopbackStore.start(0)) {
                store.load(isHuge ? huge : ten);
                HugeReads reads = new HugeReads(run, store, isHuge ? huge : ten, table);
                run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, reads::sample);
            }
        }
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String database = run.database(contender, store, replica, 0);
            if (contender == Contender.OURS_WARM) {
                for (int i = 0; i < 20; i++) {
                    host.call("open", "1", database, Queries.FIRST_ROW);
                    host.call("query", "0", Queries.byId(10 * i + 1));
                    host.call("close");
                }
            }
            store.setLatencyMillis(run.latencyMillis());
            store.takeLog();
            Cost cost = new Cost(run, store, table);
            cost.add(
                    contender, "open to first row", host.measure("ms", "open", "1", database, Queries.FIRST_ROW), true);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            cost.add(contender, "the background work after it, and idling", SETTLE_MILLIS, true);
            int middle = replica.shape().items() / 2;
            cost.add(contender, "lookup by primary key", host.measure("ms", "query", "0", Queries.byId(middle)), true);
            run.results().add(table, "resident memory, MB", contender, host.residentMegabytes());
            if (contender.engine == Contender.Engine.OURS) {
                String stats =
                        host.call("query", "0", "PRAGMA litestream_stats").getOrDefault("value", "");
                Matcher bytes = Pattern.compile("\"index_bytes\":(\\d+)").matcher(stats);
                run.results()
                        .add(
                                table,
                                "page map and indexes, kB",
                                contender,
                                bytes.find() ? Double.parseDouble(bytes.group(1)) / 1000 : Double.NaN);
            }
            store.setLatencyMillis(0);
        }
    }
}
