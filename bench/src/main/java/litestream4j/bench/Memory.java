package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Memory of a process, alone and with more connections, before and after they read more than they keep.
 *
 * <p>A collector lets garbage lie while there is room, so that resident memory grows with what was read, whoever read
 * it. What a connection costs is therefore told in three ways: by resident memory against that of one connection which
 * read as much as itself, against that of one which read as much as all together, and by what lives on the heap after
 * a collection.
 */
final class Memory {
    private static final List<Contender> CONTENDERS =
            List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC, Contender.PLAIN, Contender.PLAIN_JDBC);

    private static final String TABLE = "Resident memory of the process, large replica, MB";
    private static final String LIVE_TABLE = "What lives on the heap of the JVM, large replica, MB";
    private static final int CONNECTIONS = 10;

    /** After this, a process that gives memory back has done so. */
    private static final Duration REST = Duration.ofSeconds(10);

    /** Rows on some 20 MB of pages: twice the default cache. */
    private static final String SCAN = "SELECT sum(length(body)) FROM item WHERE id <= 25000";

    private Memory() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            run.interleaved("memory", run.quick() ? 1 : 3, CONTENDERS, contender -> {
                String database = run.database(contender, store, replica, 0);
                double alone;
                double liveAlone;
                try (HostProcess host = run.host(contender)) {
                    host.call("open", "1", database, Queries.FIRST_ROW);
                    for (int i = 0; i < CONNECTIONS; i++) {
                        host.call("query", "0", SCAN);
                    }
                    alone = host.residentMegabytes();
                    liveAlone = live(contender, host);
                }
                try (HostProcess host = run.host(contender)) {
                    double together = sample(run, contender, host, database);
                    double live = live(contender, host);
                    Results results = run.results();
                    results.add(TABLE, "1 connection, 20 MB read ten times", contender, alone);
                    results.add(
                            TABLE, "each further connection, as much read in all", contender, each(together, alone));
                    if (contender.onJvm) {
                        results.add(LIVE_TABLE, "1 connection, 20 MB read ten times", contender, liveAlone);
                        results.add(LIVE_TABLE, "10 connections, 20 MB read by each", contender, live);
                        results.add(LIVE_TABLE, "each further connection", contender, each(live, liveAlone));
                    }
                }
            });
        }
    }

    private static double live(Contender contender, HostProcess host) throws IOException {
        return contender.onJvm ? host.measure("bytes", "live") / (1024 * 1024) : 0;
    }

    private static double each(double all, double one) {
        return (all - one) / (CONNECTIONS - 1);
    }

    /** Returns the resident memory after all connections have read. */
    private static double sample(Run run, Contender contender, HostProcess host, String database)
            throws IOException, InterruptedException {
        Results results = run.results();
        host.call("close"); // Answered: the host is up, also one that has nothing to load.
        results.add(TABLE, "before the first connection", contender, host.residentMegabytes());
        host.call("open", "1", database, Queries.FIRST_ROW);
        results.add(TABLE, "1 connection", contender, host.residentMegabytes());
        host.call("query", "0", SCAN);
        double one = host.residentMegabytes();
        results.add(TABLE, "1 connection, 20 MB read", contender, one);
        host.call("open", Integer.toString(CONNECTIONS - 1), database, Queries.FIRST_ROW);
        results.add(TABLE, "10 connections", contender, host.residentMegabytes());
        for (int i = 1; i < CONNECTIONS; i++) {
            host.call("query", Integer.toString(i), SCAN);
        }
        double ten = host.residentMegabytes();
        results.add(TABLE, "10 connections, 20 MB read by each", contender, ten);
        results.add(TABLE, "each further connection", contender, each(ten, one));
        TimeUnit.SECONDS.sleep(REST.toSeconds());
        results.add(TABLE, "10 connections, after 10 s of rest", contender, host.residentMegabytes());
        return ten;
    }
}
