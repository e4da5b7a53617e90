package litestream4j.engine;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request a second time when somebody waits for its answer and that is late: later than 95 of 100 of its kind,
 * twice the median, and 50 ms. Stores answer one request in some hundred ten times later than the others, and seldom
 * the same one twice. Who waits looks at the clock while he does, so that no thread and no timer has to. Safe for all
 * threads.
 */
final class Hedging {
    /**
     * What is not late for any store: pauses of this process, and of a machine with much to do, take as long, and a
     * second request does not help against them.
     */
    private static final long PATIENCE_MIN_NANOS = 50_000_000;

    private final Time time;
    private final Consumer<Runnable> starter;
    private final StoreSpeed speed;
    private final HedgeBudget budget = new HedgeBudget();
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final LongAdder hedges = new LongAdder();

    /** @param starter runs what it is given on another thread; may fail, as when there can be no more threads */
    Hedging(Time time, StoreSpeed speed, Consumer<Runnable> starter) {
        this.time = time;
        this.speed = speed;
        this.starter = starter;
    }

    /** A request that runs. */
    private static final class Running {
        final LtxFile file;
        final long offset;
        final long length;
        final long begun;
        final HedgedRequest<?> hedged;

        Running(LtxFile file, long offset, long length, long begun, HedgedRequest<?> hedged) {
            this.file = file;
            this.offset = offset;
            this.length = length;
            this.begun = begun;
            this.hedged = hedged;
        }

        boolean covers(LtxFile of, long at) {
            return at >= offset && at < offset + length && file.equals(of);
        }
    }

    /** Returns how many requests were sent a second time. */
    long hedges() {
        return hedges.sum();
    }

    /** Takes note that the store failed. */
    void failed() {
        budget.failed();
    }

    /**
     * Makes a request on this thread, which nobody else may interrupt meanwhile.
     *
     * @param request reads so many bytes; called once more, on another thread, if it is late
     * @param unwanted disposes of an answer that came too late
     * @throws Exception that of the first request, if there is no good answer
     */
    <T> T call(LtxFile file, long offset, long length, Callable<T> request, Consumer<T> unwanted) throws Exception {
        HedgedRequest<T> hedged = new HedgedRequest<>(request, unwanted);
        Running entry = new Running(file, offset, length, time.nanos(), hedged);
        running.add(entry);
        try {
            T answer = hedged.run();
            budget.answered();
            return answer;
        } catch (ReplicaException.Unavailable e) {
            budget.failed();
            throw e;
        } finally {
            running.remove(entry);
        }
    }

    /**
     * Looks at the request that brings a byte which somebody waits for, and sends a second one if it is late.
     *
     * @return nanoseconds until another look is worth while
     */
    long look(LtxFile file, long offset) {
        long next = Long.MAX_VALUE;
        for (Running entry : running) {
            if (entry.covers(file, offset)) {
                next = Math.min(next, look(entry));
            }
        }
        return next;
    }

    private long look(Running entry) {
        Latencies kind = speed.latencies(entry.length);
        Latencies.@Nullable Summary known = kind.summary();
        if (known == null) {
            return Long.MAX_VALUE;
        }
        long waited = time.nanos() - entry.begun;
        long left = patienceNanos(known) - waited;
        if (left > 0) {
            return left;
        }
        synchronized (entry) { // Of those who wait for one page only one pays.
            if (entry.hedged.isAlone() && budget.spend()) {
                begin(entry, kind, waited);
            }
        }
        return Long.MAX_VALUE;
    }

    private void begin(Running entry, Latencies kind, long waited) {
        EngineEvents.Hedge event = EngineEvents.hedge();
        Consumer<HedgedRequest.End> done = end -> {
            if (end == HedgedRequest.End.WON) {
                kind.add(waited); // The first answer would have taken longer still.
            } else if (end == HedgedRequest.End.FAILED) {
                budget.failed();
            }
            if (event != null) {
                event.end(entry.file, entry.length, end == HedgedRequest.End.WON);
            }
        };
        if (entry.hedged.beginSecond(starter, done)) {
            hedges.increment();
        }
    }

    private static long patienceNanos(Latencies.Summary known) {
        return Math.max(PATIENCE_MIN_NANOS, Math.max(known.p95(), 2 * known.median()));
    }
}
