package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;

/** A measurement that can be asked for by name. */
enum Scenario {
    COLD("a replica of 51 files opened, looked up in, scanned; without and with latency"),
    SMALL("a small replica opened"),
    MANY("a replica of 2001 files opened"),
    TOGETHER("scans on several connections at once"),
    ODD("tables WITHOUT ROWID, with large rows, or read by an index in another order"),
    HUGE("a replica of 2.6 million pages, 10 GB, opened and looked up in"),
    TRAVEL("a moment of the past, and back"),
    WARM("lookups, page reads and scans from memory"),
    IDLE("requests of a process that nobody asks anything"),
    MEMORY("resident memory with 1 and 10 connections"),
    FRESH("time until a commit can be seen"),
    PUBLISH("reads of cached pages while new views are published"),
    REQUESTS("processor time of a request, beside the JDK's client"),
    SHELL("the sqlite3 shell on a replica in a folder");

    final String title;

    Scenario(String title) {
        this.title = title;
    }

    void measure(Run run) throws IOException, SQLException, InterruptedException {
        switch (this) {
            case COLD -> ColdReads.large(run);
            case SMALL -> ColdReads.small(run);
            case MANY -> ColdReads.many(run);
            case TOGETHER -> ScansTogether.run(run);
            case ODD -> OddReads.run(run);
            case HUGE -> HugeReads.run(run);
            case TRAVEL -> TimeTravel.run(run);
            case WARM -> WarmReads.run(run);
            case IDLE -> Idle.run(run);
            case MEMORY -> Memory.run(run);
            case FRESH -> Freshness.run(run);
            case PUBLISH -> Publishing.run(run);
            case REQUESTS -> Requests.run(run);
            case SHELL -> ShellStart.run(run);
        }
    }
}
