package litestream4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import litestream4j.engine.Polling;
import litestream4j.engine.ReplicaDatabase;
import litestream4j.engine.Settings;
import litestream4j.engine.Snapshot;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;

/** A reader of cached pages inside an engine, and a thread that follows the replica meanwhile. */
final class PageReads {
    private static final long CACHE_BYTES = 64L * 1024 * 1024;

    /** Prime, so that each page is read, and none after its neighbour. */
    private static final int STEP = 7919;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ReplicaDatabase database;
    private final TimedClient client;
    private final int pages;
    private final DurationHistogram reads = new DurationHistogram();

    /** Of the following thread, until it has ended. */
    private final DurationHistogram publications = new DurationHistogram();

    /** Likewise: the processor time of polls that brought something. */
    private final DurationHistogram processor = new DurationHistogram();

    private PageReads(ReplicaDatabase database, TimedClient client, int pages) {
        this.database = database;
        this.client = client;
        this.pages = pages;
    }

    /**
     * Reads the first pages of the newest view over and over.
     *
     * @param pages so many, which fit into the cache
     * @param pollInterval between two looks for new files
     * @param warmUpNanos before durations count
     * @return durations of reads; views that came meanwhile, how long after the last byte of their files, and the
     *     processor time of the thread that followed
     */
    static String run(String url, int pages, Duration pollInterval, long warmUpNanos, long nanos)
            throws IOException, InterruptedException {
        ReplicaUrl replica = ReplicaUrl.parse(url);
        TimedClient client = new TimedClient(ReplicaProviders.connect(replica, Environment.PROCESS));
        Settings settings = new Settings(replica, pollInterval, CACHE_BYTES, null);
        try (ReplicaDatabase database = Polling.open(client, settings)) {
            new PageReads(database, client, pages).measure(pollInterval, warmUpNanos);
            PageReads measured = new PageReads(database, client, pages);
            measured.measure(pollInterval, nanos);
            return "%s\tviews=%d\tpublished=%d\tprocessor=%d"
                    .formatted(
                            measured.reads.answer(),
                            measured.publications.count(),
                            measured.publications.nanos(0.5),
                            measured.processor.nanos(0.5));
        }
    }

    private void measure(Duration pollInterval, long nanos) throws IOException, InterruptedException {
        try (ScheduledExecutorService follower = Executors.newSingleThreadScheduledExecutor()) {
            ScheduledFuture<?> polls =
                    follower.scheduleAtFixedRate(this::poll, 0, pollInterval.toNanos(), TimeUnit.NANOSECONDS);
            read(nanos);
            polls.cancel(false);
            if (polls.state() == ScheduledFuture.State.FAILED) {
                polls.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a poll failed: " + e.getCause(), e);
        }
    }

    private void poll() {
        Snapshot before = database.newest();
        long begin = threads.getCurrentThreadCpuTime();
        try {
            Polling.poll(database);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = threads.getCurrentThreadCpuTime();
        if (database.newest() != before) {
            long bytesAt = client.lastBytesAt(); // First: bytes that come from now on are none of this view's.
            publications.add(System.nanoTime() - bytesAt);
            processor.add(end - begin);
        }
    }

    private void read(long nanos) throws IOException {
        int position = 0;
        byte[] page = new byte[database.newest().pageSize().bytes()];
        long begin = System.nanoTime();
        for (long now = begin; now - begin < nanos; ) {
            position = (position + STEP) % pages;
            Snapshot view = database.newest();
            Polling.read(database, view, position + 1L, page);
            long end = System.nanoTime();
            reads.add(end - now);
            now = end;
        }
    }
}
