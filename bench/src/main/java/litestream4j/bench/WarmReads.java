package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What reads cost that need no request, or need few. Without latency. */
final class WarmReads {
    private static final List<Contender> CONTENDERS =
            List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC, Contender.PLAIN, Contender.PLAIN_JDBC);

    private static final String TABLE = "Warm, large replica, 0 ms a request";

    /** More than the decoded pages of the table. */
    private static final long LARGE_CACHE_BYTES = 160L * 1024 * 1024;

    /** In one statement: some 100 ms for the slowest contender. */
    private static final int UNIFORM_LOOKUPS = 500;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final String seconds;

    private WarmReads(Run run, LoopbackStore store, Replica replica) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.seconds = run.quick() ? "1" : "3";
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            WarmReads reads = new WarmReads(run, store, replica);
            run.interleaved(TABLE, run.quick() ? 1 : 3, CONTENDERS, reads::sample);
        }
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            host.call("open", "1", run.database(contender, store, replica, 0), Queries.FIRST_ROW);
            autocommit(contender, host);
            eachPage(contender, host);
            // SQLite's own default again, so that the next ones are as a user has them.
            host.call("query", "0", "PRAGMA cache_size = -2000");
            add(contender, "whole scan of item, first: s", host.measure("ms", "query", "0", Queries.WHOLE_SCAN) / 1000);
            add(contender, "whole scan of item, again: s", host.measure("ms", "query", "0", Queries.WHOLE_SCAN) / 1000);
            add(contender, "uniform lookups over item in one transaction: /s", uniform(host));
            host.call("close");
            host.call("open", "1", run.database(contender, store, replica, LARGE_CACHE_BYTES), Queries.FIRST_ROW);
            host.call("query", "0", Queries.WHOLE_SCAN);
            double again = host.measure("ms", "query", "0", Queries.WHOLE_SCAN) / 1000;
            add(contender, "whole scan, again, 160 MiB engine cache: s", again);
            add(contender, "uniform lookups, 160 MiB engine cache: /s", uniform(host));
        }
    }

    /** Of a hundred rows next to each other: SQLite's own cache holds their pages. */
    private void autocommit(Contender contender, HostProcess host) throws IOException, InterruptedException {
        String low = Integer.toString(replica.shape().items() / 2);
        String high = Integer.toString(replica.shape().items() / 2 + 99);
        host.call("lookups", "0", Queries.BY_ID, low, high, "1");
        store.takeLog();
        double count = host.measure("count", "lookups", "0", Queries.BY_ID, low, high, seconds);
        add(contender, "lookups by primary key, autocommit: /s", count / Double.parseDouble(seconds));
        add(
                contender,
                "lookups by primary key, autocommit: requests meanwhile",
                store.takeLog().count());
    }

    private void eachPage(Contender contender, HostProcess host) throws IOException {
        host.call("query", "0", "PRAGMA cache_size = 10");
        host.call("repeat", "0", Queries.EACH_PAGE, seconds);
        double count = host.measure("count", "repeat", "0", Queries.EACH_PAGE, seconds);
        double nanos =
                Double.parseDouble(seconds) * 1e9 / count / replica.shape().wides();
        add(contender, "page read that misses SQLite's cache: ns", nanos);
    }

    private double uniform(HostProcess host) throws IOException {
        String sql = Queries.uniform(replica.shape(), UNIFORM_LOOKUPS);
        host.call("repeat", "0", sql, "1");
        double count = host.measure("count", "repeat", "0", sql, seconds);
        return count * UNIFORM_LOOKUPS / Double.parseDouble(seconds);
    }

    private void add(Contender contender, String row, double value) {
        run.results().add(TABLE, row, contender, value);
    }
}
