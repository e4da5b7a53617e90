package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import litestream4j.replica.Level;

/** What the first reads cost: each sample has a new process, or for the warm JVM a new engine in an old one. */
final class ColdReads {
    private static final List<Contender> CONTENDERS =
            List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC, Contender.OURS_WARM);

    /** Opens and scans before a JVM counts as warm: after these the compilers have little left to do. */
    private static final int WARM_UPS = 30;

    private static final int RANGE_CUSTOMERS = 20;

    /** Rows, on some 100 pages. */
    private static final int SCAN_STEP = 500;

    private static final String WHOLE_SCAN = "scan: whole table at that pace, s";

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final long latencyMillis;
    private final String table;

    private ColdReads(Run run, LoopbackStore store, Replica replica, long latencyMillis, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.latencyMillis = latencyMillis;
        this.table = table;
    }

    static void large(Run run) throws IOException, SQLException, InterruptedException {
        for (long latency : latencies(run)) {
            measure(run, Shape.LARGE, latency, run.quick() ? 1 : 3, true);
        }
    }

    static void small(Run run) throws IOException, SQLException, InterruptedException {
        measure(run, Shape.SMALL, run.latencyMillis(), run.quick() ? 1 : 3, false);
    }

    static void many(Run run) throws IOException, SQLException, InterruptedException {
        for (long latency : latencies(run)) {
            // The Go extension takes a minute and a half with latency.
            measure(run, Shape.MANY, latency, run.quick() || latency > 0 ? 1 : 3, false);
        }
    }

    private static Set<Long> latencies(Run run) {
        return new LinkedHashSet<>(Arrays.asList(run.latencyMillis(), 0L));
    }

    private static void measure(Run run, Shape shape, long latencyMillis, int rounds, boolean withReads)
            throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(shape);
        String table =
                "Cold, %s replica (%d files), %d ms a request".formatted(shape.name(), shape.files(), latencyMillis);
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            store.load(run.replica(Shape.SMALL));
            ColdReads reads = new ColdReads(run, store, replica, latencyMillis, table);
            run.interleaved(table, rounds, CONTENDERS, contender -> reads.sample(contender, withReads));
            if (withReads) {
                run.interleaved(table, rounds, List.of(Contender.DOWNLOAD), reads::download);
            }
        }
    }

    private void sample(Contender contender, boolean withReads) throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            store.setLatencyMillis(0);
            if (contender == Contender.OURS_WARM) {
                warmUp(host, contender);
            }
            store.setLatencyMillis(latencyMillis);
            store.takeLog();
            String database = run.database(contender, store, replica, 0);
            step(contender, "open to first row", host.measure("ms", "open", "1", database, Queries.FIRST_ROW));
            add(contender, "open to first row: resident memory after it, MB", host.residentMegabytes());
            if (withReads) {
                int middle = replica.shape().items() / 2;
                step(contender, "lookup by primary key", host.measure("ms", "query", "0", Queries.byId(middle)));
                String index = Queries.ofCustomer(replica.shape().customers() / 3);
                step(contender, "lookup of 18 rows by secondary index", host.measure("ms", "query", "0", index));
                String range = Queries.ofCustomers(replica.shape().customers() / 2, RANGE_CUSTOMERS);
                step(contender, "range of 360 rows by secondary index", host.measure("ms", "query", "0", range));
                scan(contender, host);
            }
        }
    }

    private void warmUp(HostProcess host, Contender contender) throws IOException, SQLException {
        Replica small = run.replica(Shape.SMALL);
        String database = run.database(contender, store, small, 0);
        for (int i = 0; i < WARM_UPS; i++) {
            host.call("open", "1", database, Queries.FIRST_ROW);
            host.call("query", "0", Queries.WHOLE_SCAN);
            host.call("close");
        }
    }

    /** Scans for a bounded time, since a scan at one request a page takes minutes. */
    private void scan(Contender contender, HostProcess host) throws IOException, SQLException, InterruptedException {
        int items = replica.shape().items();
        Map<String, String> answer = host.call(
                "scan", "0", Queries.SCAN, "0", Integer.toString(items), Integer.toString(SCAN_STEP), scanSeconds());
        double pages = replica.pagesOf("item") * Double.parseDouble(answer.getOrDefault("reached", "0")) / items;
        double ms = Double.parseDouble(answer.getOrDefault("ms", "0"));
        RequestLog log = store.takeLog();
        add(contender, pagesPerSecond(), 1000 * pages / ms);
        if (run.trace()) {
            System.err.print(log.trace());
        }
        add(contender, "scan: requests for 1000 pages", 1000 * log.count() / pages);
        if (withLatency()) {
            add(contender, "scan: for 1000 pages, " + Results.ROUND_TRIPS, 1000 * log.dependentRoundTrips() / pages);
        }
        add(contender, WHOLE_SCAN, replica.pagesOf("item") * ms / pages / 1000);
    }

    /** Downloads the snapshot; as much of the time counts as the table has of its pages. */
    private void download(Contender contender) throws IOException, SQLException, InterruptedException {
        String snapshots = LoopbackStore.key(replica.name(), Level.SNAPSHOT, "");
        Map.Entry<String, LoopbackStore.StoredBytes> snapshot =
                store.objects().tailMap(snapshots).firstEntry();
        double share = (double) replica.pagesOf("item") / replica.pages();
        store.setLatencyMillis(latencyMillis);
        try (HostProcess host = run.host(contender)) {
            String url = store.endpoint() + "/" + LoopbackStore.BUCKET + "/" + snapshot.getKey();
            String size = Integer.toString(snapshot.getValue().content().length);
            double seconds = host.measure("ms", "download", url, size, "8") / 1000 * share;
            add(contender, pagesPerSecond(), replica.pagesOf("item") / seconds);
            add(contender, WHOLE_SCAN, seconds);
            store.takeLog();
        }
    }

    private String pagesPerSecond() {
        return "scan: pages/s, measured for " + scanSeconds() + " s at most";
    }

    private String scanSeconds() {
        return run.quick() ? "3" : "8";
    }

    private void step(Contender contender, String row, double ms) throws InterruptedException {
        new Cost(run, store, table).add(contender, row, ms, withLatency());
    }

    /** Without latency, requests side by side may miss each other. */
    private boolean withLatency() {
        return latencyMillis > 0;
    }

    private void add(Contender contender, String row, double value) {
        run.results().add(table, row, contender, value);
    }
}
