package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import litestream4j.replica.Level;

/** Processor time of the client for one small read. The store is another process, and its time does not count. */
final class Requests {
    private static final List<Contender> CONTENDERS = List.of(Contender.OURS_JDBC, Contender.JDK_HTTP);
    private static final String TABLE = "Requests, a range of 4 kB each, client's side";

    private Requests() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica replica = run.replica(Shape.SMALL);
        int count = run.quick() ? 16_000 : 64_000;
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            String snapshot = store.objects()
                    .tailMap(LoopbackStore.key(replica.name(), Level.SNAPSHOT, ""))
                    .firstKey();
            // The only file, so that it is the first one.
            store.objects().keySet().removeIf(key -> !key.equals(snapshot));
            String object = store.endpoint() + "/" + LoopbackStore.BUCKET + "/" + snapshot;
            for (int threads : new int[] {1, 16}) {
                String row = threads == 1 ? "by 1 thread" : "by " + threads + " threads";
                run.interleaved("requests " + row, run.quick() ? 1 : 3, CONTENDERS, contender -> {
                    try (HostProcess host = run.host(contender)) {
                        Map<String, String> answer = host.call(
                                "gets",
                                contender == Contender.JDK_HTTP ? "jdk" : "replica",
                                store.url(replica.name()),
                                object,
                                Integer.toString(threads),
                                Integer.toString(count));
                        double cpu = number(answer, "cpu") / count;
                        double perSecond = count * 1e9 / number(answer, "nanos");
                        run.results().add(TABLE, row + ": processor time of each, us", contender, cpu / 1000);
                        run.results().add(TABLE, row + ": requests in a second", contender, perSecond);
                        System.err.printf(Locale.ROOT, "    %.1f us, %.0f/s%n", cpu / 1000, perSecond);
                        store.takeLog();
                    }
                });
            }
        }
    }

    private static double number(Map<String, String> answer, String key) {
        return Double.parseDouble(answer.getOrDefault(key, "NaN"));
    }
}
