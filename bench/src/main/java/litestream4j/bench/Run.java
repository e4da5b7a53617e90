package litestream4j.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One call of {@code scripts/bench}: what was asked for, and what it has found so far. Used by one thread.
 *
 * <p>Scenarios ask for their samples by {@link #interleaved}, so that a machine that slows down slows all contenders.
 */
final class Run {
    private final Programs programs;
    private final boolean quick;
    private final boolean trace;
    private final long latencyMillis;
    private final Set<Contender> contenders;
    private final Results results = new Results();
    private final Map<Shape, Replica> replicas = new HashMap<>();

    Run(Programs programs, boolean quick, boolean trace, long latencyMillis, Set<Contender> contenders) {
        this.programs = programs;
        this.quick = quick;
        this.trace = trace;
        this.latencyMillis = latencyMillis;
        this.contenders = EnumSet.copyOf(contenders);
    }

    Programs programs() {
        return programs;
    }

    boolean quick() {
        return quick;
    }

    boolean trace() {
        return trace;
    }

    /** Returns the injected latency of the scenarios in which requests cost time. */
    long latencyMillis() {
        return latencyMillis;
    }

    Results results() {
        return results;
    }

    Replica replica(Shape shape) throws IOException, SQLException {
        Replica replica = replicas.get(shape);
        if (replica == null) {
            replica = ReplicaMaker.make(shape, programs.work().resolve("replicas"));
            replicas.put(shape, replica);
        }
        return replica;
    }

    /** Measures one contender once. */
    @FunctionalInterface
    interface Sample {
        void take(Contender contender) throws IOException, SQLException, InterruptedException;
    }

    /** Takes samples of all contenders that take part, in turn, so many times. */
    void interleaved(String what, int rounds, List<Contender> all, Sample sample)
            throws IOException, SQLException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : all) {
                if (contenders.contains(contender)) {
                    System.err.printf("%s: %s, %d of %d%n", what, contender.title, round, rounds);
                    sample.take(contender);
                }
            }
        }
    }

    HostProcess host(Contender contender) throws IOException {
        return HostProcess.start(contender, programs, "");
    }

    /**
     * Returns what a contender opens: a URI for SQLite, or a URL for JDBC.
     *
     * @param cacheBytes of the engine's own page cache; 0 for its default
     */
    String database(Contender contender, LoopbackStore store, Replica replica, long cacheBytes) {
        if (!contender.readsReplica()) {
            return (contender.onJvm ? "jdbc:sqlite:" : "") + "file:" + replica.plain() + "?mode=ro";
        }
        String cache = cacheBytes == 0 ? "" : "&%scache_size=" + cacheBytes;
        String url = store.url(replica.name());
        if (contender.onJvm) {
            return "jdbc:litestream:" + url + cache.formatted("litestream_");
        }
        return "file:%s.db?vfs=litestream&replica_url=%s"
                        .formatted(replica.name(), URLEncoder.encode(url, StandardCharsets.UTF_8))
                + cache.formatted("");
    }
}
