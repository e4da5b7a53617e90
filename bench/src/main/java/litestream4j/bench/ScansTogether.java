package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;

/** What scans cost that run at once on connections of one process; their pages are more than the cache takes. */
final class ScansTogether {
    private static final int CONNECTIONS = 8;

    private ScansTogether() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.LARGE);
        ReadsTogether.run(run, replica, Queries.FIRST_ROW, "Scans at once, large replica", ScansTogether::sample);
    }

    private static void sample(ReadsTogether reads, Contender contender)
            throws IOException, SQLException, InterruptedException {
        for (int count = 1; count <= CONNECTIONS; count *= 2) {
            String row = count == 1 ? "1 scan" : count + " scans of the same table";
            reads.sample(contender, row, count, Queries.WHOLE_SCAN);
        }
        reads.sample(contender, CONNECTIONS + " scans, each of its part of the table", CONNECTIONS, Queries.SCAN);
    }
}
