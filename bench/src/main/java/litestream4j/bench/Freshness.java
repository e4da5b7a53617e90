package litestream4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;

/**
 * How long after its file was uploaded a commit can be read, at the default poll interval, and at which price: files
 * that come at any time, and files that come at the ticks of a second, as those of Litestream do.
 */
final class Freshness {
    private static final List<Contender> CONTENDERS = List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC);
    private static final int PAUSE_MILLIS_MIN = 300;
    private static final int PAUSE_MILLIS_RANGE = 2000;
    private static final int TICK_MILLIS = 1000;

    /** The golden section: its multiples are spread evenly, so that few samples come at all times between two polls. */
    private static final double SPREAD = 0.6180339887498949;

    private final Run run;
    private final Replica replica;
    private final int commits;

    private Freshness(Run run, Replica replica) {
        this.run = run;
        this.replica = replica;
        this.commits = run.quick() ? 5 : 15;
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Freshness freshness = new Freshness(run, run.replica(Shape.SMALL));
        run.interleaved("fresh", run.quick() ? 1 : 2, CONTENDERS, freshness::sample);
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        String table = "A commit becomes visible, poll interval 1 s, %d ms a request".formatted(run.latencyMillis());
        Path copy = Files.createTempDirectory(run.programs().work(), "primary-").resolve("primary.db");
        Files.copy(replica.primary(), copy);
        try (LoopbackStore store = LoopbackStore.start(0);
                Primary primary = Primary.resume(copy);
                HostProcess host = run.host(contender)) {
            store.load(replica);
            store.setLatencyMillis(run.latencyMillis());
            host.call("open", "1", run.database(contender, store, replica, 0), Queries.FIRST_ROW);
            long value = Long.parseLong(host.call("query", "0", Queries.TICKER).getOrDefault("value", ""));
            store.takeLog();
            for (int i = 1; i <= 2 * commits; i++) {
                boolean ticking = i > commits;
                double part = i * SPREAD % 1;
                TimeUnit.MILLISECONDS.sleep(
                        PAUSE_MILLIS_MIN + (ticking ? untilTick() : (long) (PAUSE_MILLIS_RANGE * part)));
                long begin = commit(primary, store, replica.lastTxid() + i);
                double end = host.measure("micros", "watch", "0", Queries.TICKER, Long.toString(value + i), "20");
                String row = ticking ? "ms after the upload, uploads at the ticks of a second" : "ms after the upload";
                run.results().add(table, row, contender, (end - begin) / 1000);
                if (i == commits) {
                    double price = (double) store.takeLog().price() / commits;
                    run.results().add(table, "price of each commit in GETs, a listing counted as 10", contender, price);
                }
            }
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(copy.getParent());
        }
    }

    private static long untilTick() {
        return TICK_MILLIS - (System.currentTimeMillis() + PAUSE_MILLIS_MIN) % TICK_MILLIS;
    }

    /** Returns when the file was there, in microseconds since 1970. */
    private long commit(Primary primary, LoopbackStore store, long txid) throws IOException, SQLException {
        try (Statement statement = primary.connection().createStatement()) {
            statement.execute("UPDATE ticker SET n = n + 1");
        }
        Txid id = new Txid(txid);
        Instant now = Instant.now();
        byte[] content = primary.publish(id, id, now.toEpochMilli());
        long begin = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        store.put(LoopbackStore.key(replica.name(), Level.L0, LtxFileName.of(id).toString()), content, now);
        return begin;
    }
}
