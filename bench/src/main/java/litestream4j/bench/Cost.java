package litestream4j.bench;

/** Enters what one step of a contender cost into a table: the time, and what the store saw of it. */
final class Cost {
    private final Run run;
    private final LoopbackStore store;
    private final String table;

    Cost(Run run, LoopbackStore store, String table) {
        this.run = run;
        this.store = store;
        this.table = table;
    }

    /**
     * Adds a step that has just ended.
     *
     * @param withRoundTrips whether they are counted: without latency, requests side by side may miss each other
     */
    void add(Contender contender, String row, double ms, boolean withRoundTrips) throws InterruptedException {
        RequestLog log = store.takeLog();
        System.err.printf("    %s: %.1f ms, %s%n", row, ms, log.byKind());
        if (run.trace()) {
            System.err.print(log.trace());
        }
        run.results().add(table, row + ": ms", contender, ms);
        run.results().add(table, row + ": requests", contender, log.count());
        if (withRoundTrips) {
            run.results().add(table, row + ": " + Results.ROUND_TRIPS, contender, log.dependentRoundTrips());
            run.results().add(table, row + ": kB downloaded", contender, log.bytes() / 1000.0);
        }
    }
}
