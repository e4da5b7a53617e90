package litestream4j.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What following costs while nothing happens. All contenders at once, each with a store of its own. */
final class Idle {
    private static final List<Contender> CONTENDERS = List.of(Contender.GO, Contender.OURS, Contender.OURS_JDBC);
    private static final int MORE_CONNECTIONS = 9;
    private static final String PRICE = ": price in GETs, a listing counted as 10";

    /** Time for what connections do once after their open. */
    private static final int SETTLE_SECONDS = 5;

    private Idle() {}

    /** A contender with its store, both of which this owns. */
    private record Participant(Contender contender, LoopbackStore store, HostProcess host) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            host.close();
            store.close();
        }
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        List<Participant> processes = new ArrayList<>();
        try {
            run.interleaved("idle", 1, CONTENDERS, contender -> processes.add(start(run, contender)));
            connect(run, processes, 1);
            count(run, processes, "1 connection");
            connect(run, processes, MORE_CONNECTIONS);
            count(run, processes, "10 connections");
        } finally {
            for (Participant participant : processes) {
                participant.close();
            }
        }
    }

    private static Participant start(Run run, Contender contender) throws IOException, SQLException {
        LoopbackStore store = LoopbackStore.start(0);
        store.load(run.replica(Shape.SMALL));
        return new Participant(contender, store, run.host(contender));
    }

    private static void connect(Run run, List<Participant> processes, int connections)
            throws IOException, SQLException {
        for (Participant participant : processes) {
            String database = run.database(participant.contender, participant.store, run.replica(Shape.SMALL), 0);
            participant.host.call("open", Integer.toString(connections), database, Queries.FIRST_ROW);
        }
    }

    private static void count(Run run, List<Participant> processes, String what) throws InterruptedException {
        int seconds = run.quick() ? 15 : 60;
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        for (Participant participant : processes) {
            participant.store.takeLog();
        }
        TimeUnit.SECONDS.sleep(seconds);
        String table = "Idle, in a minute (counted for %d s)".formatted(seconds);
        for (Participant participant : processes) {
            RequestLog log = participant.store.takeLog();
            System.err.printf("    %s, %s: %s%n", participant.contender.title, what, log.byKind());
            double perMinute = 60.0 / seconds;
            Results results = run.results();
            results.add(table, what + ": requests", participant.contender, perMinute * log.count());
            long listings = log.count(StoreRequest.Kind.LIST);
            results.add(table, what + ": of these, listings", participant.contender, perMinute * listings);
            results.add(table, what + PRICE, participant.contender, perMinute * log.price());
        }
    }
}
