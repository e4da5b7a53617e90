package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Resident memory of a process, alone and with more connections, before and after they read more than they keep. */
final class Memory {
    private static final List<Contender> CONTENDERS =
            List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC, Contender.PLAIN, Contender.PLAIN_JDBC);

    private static final String TABLE = "Resident memory of the process, large replica, MB";
    private static final int CONNECTIONS = 10;

    /** Rows on some 20 MB of pages: twice the default cache. */
    private static final String SCAN = "SELECT sum(length(body)) FROM item WHERE id <= 25000";

    private Memory() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            run.interleaved("memory", run.quick() ? 1 : 3, CONTENDERS, contender -> {
                try (HostProcess host = run.host(contender)) {
                    sample(run, contender, host, run.database(contender, store, replica, 0));
                }
            });
        }
    }

    private static void sample(Run run, Contender contender, HostProcess host, String database) throws IOException {
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
        results.add(TABLE, "each further connection", contender, (ten - one) / (CONNECTIONS - 1));
    }
}
