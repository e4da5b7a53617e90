package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;

/** What reads cost where reading ahead has a hard time: see {@link OddTables}. Each in a new process. */
final class OddReads {
    private static final String ANY_ROW = "SELECT count(*) FROM sqlite_schema";

    /** The last byte, so that all overflow pages are read. */
    private static final String LARGE_ROWS = "SELECT sum(length(substr(body, -1))) FROM large";

    /** Rows here and there of a table of 6000 pages, which stand in a column of 300 rows of another one. */
    private static final String JOIN = "SELECT sum(length(e.body)) FROM pair p CROSS JOIN event e ON e.id = p.b"
            + " WHERE p.a BETWEEN 'u01000' AND 'u01049'";

    private OddReads() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = OddTables.make(run.programs().work().resolve("replicas"));
        ReadsTogether.run(run, replica, ANY_ROW, "Cold reads of other tables", OddReads::sample);
    }

    private static void sample(ReadsTogether reads, Contender contender)
            throws IOException, SQLException, InterruptedException {
        reads.sample(contender, "scan WITHOUT ROWID, 5 rows a page", 1, "SELECT sum(length(body)) FROM pair");
        reads.sample(contender, "1000 rows by index, scattered", 1, events("WHERE at >= 0 ORDER BY at LIMIT 1000"));
        reads.sample(contender, "the last 200 rows by index", 1, events("ORDER BY at DESC LIMIT 200"));
        reads.sample(contender, "join of 300 rows with rows here and there", 1, JOIN);
        reads.sample(contender, "scan of 1000 rows of 12 kB", 1, LARGE_ROWS);
        reads.sample(contender, "two scans at once of 1000 rows of 12 kB", 2, LARGE_ROWS);
        reads.sample(contender, "integrity_check", 1, "PRAGMA integrity_check");
    }

    private static String events(String which) {
        return "SELECT sum(length(body)) FROM (SELECT body FROM event " + which + ")";
    }
}
