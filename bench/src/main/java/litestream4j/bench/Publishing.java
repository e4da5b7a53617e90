package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What readers of pages that do not change notice of views that are published: nothing, should be. The database is a
 * real one with free pages behind it, and those change.
 */
final class Publishing {
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS_JDBC);
    private static final int PAGES = 250_000;

    /** Below it lies the database that is read; some 2500 pages. */
    private static final int FIRST_CHANGED = 5000;

    private static final int READ_PAGES = 2000;
    private static final int INTERVAL_MILLIS = 100;
    private static final int[] CHANGED = {0, 1, 100, 10_000};
    private static final String TABLE = "Reads of what does not change, %s pages, a commit and a poll each %d ms"
            .formatted(Results.number(PAGES), INTERVAL_MILLIS);

    private final Run run;
    private final Replica replica;
    private final int seconds;

    /** By row, and there by what was published; in this order, so that what is compared stands together. */
    private final Map<String, Map<String, Double>> rows = new LinkedHashMap<>();

    private Publishing(Run run, Replica replica) {
        this.run = run;
        this.replica = replica;
        this.seconds = run.quick() ? 2 : 6;
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = EnlargedReplica.of(run.replica(Shape.TEN), "followed", PAGES);
        run.interleaved("publish", run.quick() ? 1 : 3, CONTENDERS, contender -> {
            Publishing publishing = new Publishing(run, replica);
            for (int changed : CHANGED) {
                publishing.pageReads(contender, changed);
                publishing.lookups(contender, changed);
            }
            publishing.rows.forEach((row, cells) ->
                    cells.forEach((what, value) -> run.results().add(TABLE, row + ", " + what, contender, value)));
        });
    }

    /** Inside the engine, where a read takes so little time that each wait can be seen. */
    private void pageReads(Contender contender, int changed) throws IOException {
        try (LoopbackStore store = LoopbackStore.start(0);
                HostProcess host = run.host(contender)) {
            store.load(replica);
            try (PageUploads _ = uploads(store, changed)) {
                Map<String, String> answer = host.call(
                        "pages",
                        store.url(replica.name()),
                        Integer.toString(READ_PAGES),
                        "PT" + INTERVAL_MILLIS / 1000.0 + "S",
                        Integer.toString(seconds));
                add("page read in the engine: median, ns", changed, answer, "median", 1);
                add("page read in the engine: 99 %, ns", changed, answer, "p99", 1);
                add("page read in the engine: 99.9 %, ns", changed, answer, "p999", 1);
                add("page read in the engine: longest, ms", changed, answer, "max", 1e-6);
                if (changed > 0) {
                    add("views in a second", changed, answer, "views", 1.0 / seconds);
                    add("from the last byte of a file to the view: median, ms", changed, answer, "published", 1e-6);
                    add(
                            "processor time of the thread that polls, each time: median, ms",
                            changed,
                            answer,
                            "processor",
                            1e-6);
                }
            }
        }
    }

    /** As a program does it: SQLite drops its own cache with each view. */
    private void lookups(Contender contender, int changed) throws IOException {
        try (LoopbackStore store = LoopbackStore.start(0);
                HostProcess host = run.host(contender)) {
            store.load(replica);
            host.call(
                    "open",
                    "1",
                    run.database(contender, store, replica, 0) + "&litestream_poll_interval=" + INTERVAL_MILLIS + "ms",
                    Queries.FIRST_ROW);
            try (PageUploads _ = uploads(store, changed)) {
                int middle = replica.shape().items() / 2;
                Map<String, String> answer = host.call(
                        "durations",
                        "0",
                        Queries.BY_ID,
                        Integer.toString(middle),
                        Integer.toString(middle + 99),
                        Integer.toString(seconds));
                add("lookup by primary key: median, us", changed, answer, "median", 1e-3);
                add("lookup by primary key: 99 %, us", changed, answer, "p99", 1e-3);
                add("lookup by primary key: 99.9 %, us", changed, answer, "p999", 1e-3);
                add("lookup by primary key: longest, ms", changed, answer, "max", 1e-6);
            }
        }
    }

    /** Begins to upload, for longer than anybody reads; nothing, if no page changes. */
    private PageUploads uploads(LoopbackStore store, int changed) throws IOException {
        int files = changed == 0 ? 0 : (seconds + seconds / 2 + 3) * 1000 / INTERVAL_MILLIS;
        return PageUploads.start(store, replica, FIRST_CHANGED, changed, files, INTERVAL_MILLIS);
    }

    private void add(String row, int changed, Map<String, String> answer, String key, double factor) {
        String what = changed == 0
                ? "nothing published"
                : changed == 1 ? "1 page changed" : Results.number(changed) + " pages changed";
        rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                .put(what, factor * Double.parseDouble(answer.getOrDefault(key, "NaN")));
    }
}
