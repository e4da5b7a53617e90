package litestream4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import litestream4j.ltx.LtxFileName;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Calls to a replica's store as the engine makes them: repeated when the failure may pass, within a deadline, and
 * left at once when the one who waits has given up.
 *
 * <p>Calls to a remote store run on threads of their own, since a thread that is blocked in a socket cannot ask
 * whether its statement was interrupted. Platform threads: whoever waits here may be inside a native frame and so
 * hold its carrier, and a virtual thread would then find none to run on.
 */
final class Calls {
    /** As many as the reference makes for a page. */
    static final int ATTEMPTS = 6;

    /** The first wait between attempts; each further one is twice as long: 775 ms in all, before jitter. */
    private static final long BACKOFF_MILLIS = 25;

    /** A call that was not answered by then, all attempts together, has failed. */
    private static final long DEADLINE_MILLIS = 30_000;

    /** How often a wait asks whether it was cancelled; SQLite users expect Ctrl-C to work within 100 ms. */
    private static final long CANCEL_POLL_NANOS = 20_000_000;

    /** Of all engines of the process. */
    static final ThreadPoolExecutor THREADS = IoThreads.pool(IoThreads.KEEP_ALIVE);

    private final ReplicaClient client;
    private final Time time;
    private final LongAdder retries = new LongAdder();
    private final StoreSpeed speed;
    private final Hedging hedging;

    Calls(ReplicaClient client, Time time) {
        this.client = client;
        this.time = time;
        this.speed = new StoreSpeed(time);
        this.hedging = new Hedging(time, speed, Calls::begin);
    }

    StoreSpeed speed() {
        return speed;
    }

    Hedging hedging() {
        return hedging;
    }

    String replica() {
        return client.displayUrl();
    }

    boolean isLocal() {
        return client.isLocal();
    }

    /** Returns what to add to a message that there is nothing to read. */
    String placeNote() {
        return client.placeExists() ? "" : " (there is no such folder)";
    }

    long retries() {
        return retries.sum();
    }

    /** Lists all levels, lower ones first. */
    List<LtxFile> listAll() throws IOException {
        return retrying(client::listAll);
    }

    Optional<String> findLegacyGeneration() throws IOException {
        return retrying(client::findLegacyGeneration);
    }

    /** Reads exactly {@code length} bytes. */
    byte[] read(LtxFile file, long offset, int length) throws IOException {
        return retrying(() -> readOnce(file, offset, length));
    }

    /**
     * Reads exactly {@code length} bytes that a query may wait for: an attempt that is late may take a second request,
     * see {@link Hedging}. Nobody interrupts this thread meanwhile.
     */
    byte[] readAwaited(LtxFile file, long offset, int length) throws IOException {
        if (length <= StoreSpeed.SMALL_MAX_BYTES && !isLocal()) { // The body comes with the head of the answer.
            return retrying(() -> hedging.call(file, offset, length, () -> readOnce(file, offset, length), _ -> {}));
        }
        return retrying(() -> {
            try (LtxObject object = open(file, offset, length)) {
                return exactly(file, object.body(), length);
            }
        });
    }

    /**
     * Starts to read a part of a file that a query may wait for: one attempt, which may take a second request as well.
     * Nobody interrupts this thread meanwhile.
     */
    LtxObject open(LtxFile file, long offset, long length) throws IOException {
        if (isLocal()) {
            return client.read(file, offset, length);
        }
        return here(() -> hedging.call(file, offset, length, () -> send(file, offset, length), Calls::close));
    }

    private byte[] readOnce(LtxFile file, long offset, int length) throws IOException {
        try (LtxObject object = send(file, offset, length)) {
            return exactly(file, object.body(), length);
        }
    }

    private LtxObject send(LtxFile file, long offset, long length) throws IOException {
        long begin = time.nanos();
        LtxObject object = client.read(file, offset, length);
        return speed.answered(object, length, time.nanos() - begin);
    }

    private static void close(LtxObject unwanted) {
        try {
            unwanted.close();
        } catch (IOException _) {
            // The other answer is here.
        }
    }

    /** A file that was found by name. */
    static final class Found {
        final LtxFile file;

        /** The whole file, or null if it is larger than was wanted. */
        final byte @Nullable [] content;

        Found(LtxFile file, byte @Nullable [] content) {
            this.file = file;
            this.content = content;
        }
    }

    /** Looks for a file by name, and brings its content in the same request if it is not too large. */
    Optional<Found> find(Level level, LtxFileName name, int contentMax) throws IOException {
        return retrying(() -> {
            Optional<LtxObject> found = client.find(level, name);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (LtxObject object = found.get()) {
                LtxFile file = object.file();
                boolean wanted = file.size() <= contentMax;
                byte[] content = wanted ? exactly(file, object.body(), (int) file.size()) : null;
                return Optional.of(new Found(file, content));
            }
        });
    }

    /** Reads exactly so many bytes of a body. */
    static byte[] exactly(LtxFile file, InputStream body, int length) throws IOException {
        byte[] bytes = new byte[length];
        int read = body.readNBytes(bytes, 0, length);
        if (read != length) {
            throw new ReplicaException.Unavailable(
                    "%s: body cut short: expected %d bytes, got %d".formatted(file.label(), length, read));
        }
        return bytes;
    }

    /** Returns a monotonic clock, in nanoseconds from any origin. */
    long nanos() {
        return time.nanos();
    }

    /** Makes a call until it succeeds, fails for good, or the attempts or the time are used up. */
    <T> T retrying(Callable<T> call) throws IOException {
        long deadline = time.nanos() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS);
        for (int attempt = 1; ; attempt++) {
            try {
                return here(call);
            } catch (ReplicaException.Unavailable e) {
                if (attempt == ATTEMPTS || time.nanos() >= deadline) {
                    throw new ReplicaException.Unavailable(
                            "%s (gave up after %d attempts)".formatted(e.getMessage(), attempt), e);
                }
                pause(attempt);
            }
        }
    }

    /** Waits before another attempt, and counts it. */
    void pause(int attempt) throws ReplicaException {
        retries.increment();
        hedging.failed();
        long millis = BACKOFF_MILLIS << (attempt - 1);
        EngineEvents.Retry event = EngineEvents.retry();
        try {
            // Jitter, so that readers which failed together do not come back together.
            time.sleep(millis / 2 + time.jitter(millis / 2 + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(replica() + ": interrupted between attempts", e);
        } finally {
            if (event != null) {
                event.end(replica(), attempt);
            }
        }
    }

    /** Begins work that others wait for by other means. */
    static void begin(Runnable work) {
        THREADS.execute(work);
    }

    /** Begins work that calls the store, on a thread of its own. */
    static <T> Future<T> begin(Callable<T> work) {
        return THREADS.submit(work);
    }

    /**
     * Does work that calls the store: here if the store is local, else on another thread while this one waits. The
     * work is ended if the wait is.
     *
     * @throws ReplicaException.Interrupted if the wait was cancelled, or this thread interrupted
     */
    <T> T await(Callable<T> work, Cancellation cancellation) throws IOException {
        if (isLocal()) {
            return here(work);
        }
        Future<T> begun = begin(work);
        try {
            return await(begun, cancellation, Long.MAX_VALUE, Calls::nothingToLookAt);
        } finally {
            begun.cancel(true);
        }
    }

    /** As below, with nothing to look at meanwhile. */
    <T> T awaitShared(Future<T> request, Cancellation cancellation) throws IOException {
        return awaitShared(request, cancellation, Calls::nothingToLookAt);
    }

    /**
     * Waits for one request that was begun, and that others may wait for as well: it goes on if this wait ends early.
     *
     * @param look done now and then; returns nanoseconds until it is worth while again
     * @throws ReplicaException.Unavailable if there was no answer before the deadline
     */
    <T> T awaitShared(Future<T> request, Cancellation cancellation, LongSupplier look) throws IOException {
        return await(request, cancellation, DEADLINE_MILLIS, look);
    }

    private static long nothingToLookAt() {
        return Long.MAX_VALUE;
    }

    private <T> T await(Future<T> work, Cancellation cancellation, long limitMillis, LongSupplier look)
            throws IOException {
        long begin = time.nanos();
        long step = CANCEL_POLL_NANOS;
        while (true) {
            long asleep = time.nanos();
            try {
                return work.get(step, TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                // Who woke up late himself cannot tell that the store is: this process was paused, or the machine is
                // busy.
                boolean onTime = time.nanos() - asleep < step + CANCEL_POLL_NANOS;
                step = onTime ? Math.min(CANCEL_POLL_NANOS, look.getAsLong()) : CANCEL_POLL_NANOS;
                if (cancellation.isCancelled()) {
                    throw new ReplicaException.Interrupted(replica() + ": interrupted while waiting");
                }
                if (TimeUnit.NANOSECONDS.toMillis(time.nanos() - begin) >= limitMillis) {
                    throw new ReplicaException.Unavailable(
                            "%s: no answer within %d s".formatted(replica(), limitMillis / 1000));
                }
            } catch (ExecutionException e) {
                throw asIoException(e.getCause());
            } catch (CancellationException e) {
                throw new ReplicaException.Interrupted(replica() + ": cancelled while waiting", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ReplicaException.Interrupted(replica() + ": interrupted while waiting", e);
            }
        }
    }

    /** Waits for a part of work that has its own deadline. */
    <T> T join(Future<T> part) throws IOException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw asIoException(e.getCause());
        } catch (CancellationException e) {
            throw new ReplicaException.Interrupted(replica() + ": cancelled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(replica() + ": interrupted", e);
        }
    }

    private <T> T here(Callable<T> work) throws IOException {
        try {
            return work.call();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(replica() + ": " + e, e);
        }
    }

    private IOException asIoException(@Nullable Throwable cause) {
        return switch (cause) {
            case IOException e -> e;
            case Error e -> throw e;
            case null, default -> new IOException(replica() + ": " + cause, cause);
        };
    }
}
