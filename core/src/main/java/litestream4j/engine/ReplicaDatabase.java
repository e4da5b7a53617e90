package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import litestream4j.replica.MeteredClient;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.RequestCounts;

/**
 * One replica, open for reading: its newest view, the thread that follows it, and the pages that were read. All
 * connections of a process to a replica share one. Safe for all threads.
 */
public final class ReplicaDatabase implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** Memory for small files kept whole, at most. Some 1000 transactions of an ordinary load. */
    private static final long HELD_BYTES = 8 * 1024 * 1024;

    /** Memory for pages that were fetched ahead of demand and not wanted yet, of all readers together. */
    private static final long AHEAD_BYTES = 8 * 1024 * 1024;

    /** Attempts to find other places for a page before its view is given up. */
    private static final int RELOCATIONS_MAX = 3;

    /** The longest that a transaction waits for a poll before it is told that the replica is out of reach. */
    private static final Duration REFRESH_MAX = Duration.ofSeconds(2);

    private static final long WAIT_STEP_MILLIS = 10;

    /** How often somebody who waits for a transaction makes the follower look. */
    private static final long HURRIED_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long FAILURE_LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final MeteredClient client;
    private final Calls calls;
    private final Time time;
    private final HeldContents held;
    private final ViewLoader views;
    private final PageFetcher fetcher;
    private final Follower follower;
    private final Map<Snapshot, FutureTask<Boolean>> relocations = new ConcurrentHashMap<>();
    private final AtomicInteger pinned = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();
    /** Guarded by the lock. */
    private boolean woken;

    private volatile long pollNanos;
    private volatile boolean closed;

    /** Written by the follower's thread only; a reader takes all that it sees from one read of it. */
    private volatile Snapshot newest;

    /** {@link Time#nanos} of the last poll that reached the newest transaction; empty before the first. */
    private volatile OptionalLong polledAt = OptionalLong.empty();

    private final long openedAt;
    private volatile long pollEndedAt;
    private long failureLoggedAt;

    private ReplicaDatabase(Opening opening, Snapshot start) {
        this.client = opening.client;
        this.calls = opening.calls;
        this.time = opening.time;
        this.held = opening.held;
        this.views = opening.views;
        this.newest = start;
        this.openedAt = time.nanos();
        this.pollEndedAt = openedAt;
        this.pollNanos = opening.settings.pollInterval().toNanos();
        this.fetcher = new PageFetcher(
                calls, held, opening.settings.cacheBytes(), start.pageSize(), new Arrivals(AHEAD_BYTES));
        this.follower = new Follower(calls, opening.loader, views, time, start);
    }

    /** The parts of an engine before there is a view. */
    private static final class Opening {
        final MeteredClient client;
        final Settings settings;
        final Time time;
        final Calls calls;
        final HeldContents held;
        final FileLoader loader;
        final ViewLoader views;

        Opening(ReplicaClient client, Settings settings, Time time) {
            this.client = new MeteredClient(client);
            this.settings = settings;
            this.time = time;
            this.calls = new Calls(this.client, time);
            // No more than the pages may take: who sets a small cache wants little memory used.
            this.held = new HeldContents(Math.min(HELD_BYTES, settings.cacheBytes()));
            this.loader = new FileLoader(calls, held, settings.verifiesWhole());
            this.views = new ViewLoader(calls, loader, time);
        }
    }

    /**
     * Opens a replica at its newest state and begins to follow it. Waits while there is nothing to read yet.
     *
     * @param client owned from here on, also if this fails
     * @throws PlanException if files are missing, or the replica has an old layout
     * @throws CorruptFileException if a damaged file is in the way
     * @throws ReplicaException if the store cannot be reached, refuses, or the wait was cancelled or took longer than
     *     the settings allow
     */
    public static ReplicaDatabase open(ReplicaClient client, Settings settings, Cancellation cancellation)
            throws IOException {
        ReplicaDatabase database = open(client, settings, cancellation, Time.SYSTEM);
        Thread.ofPlatform().daemon().name("litestream-follow").start(database::follow);
        return database;
    }

    /** Opens a replica without a thread of its own: whoever calls this calls {@link #poll}. */
    static ReplicaDatabase open(ReplicaClient client, Settings settings, Cancellation cancellation, Time time)
            throws IOException {
        Opening opening = new Opening(client, settings, time);
        try {
            return new ReplicaDatabase(
                    opening, new OpenWait(opening.calls, opening.views, settings, time).load(cancellation));
        } catch (IOException | RuntimeException | Error e) {
            opening.client.close();
            throw e;
        }
    }

    /** Returns the newest view. */
    public Snapshot newest() {
        return newest;
    }

    /**
     * Makes the view of a target.
     *
     * @throws PlanException if no files lead there
     */
    Snapshot at(Target target, Cancellation cancellation) throws IOException {
        return calls.await(() -> views.load(target), cancellation);
    }

    /**
     * Returns a page of a view.
     *
     * @param pgno in [1, commit]
     * @return the page as the primary had it; shared, read only. Zeros for the lock page
     * @throws ViewLostException if the replica no longer holds the view
     */
    public byte[] page(Snapshot view, long pgno, Cancellation cancellation) throws IOException {
        for (int relocations = 0; ; relocations++) {
            PageMap pages = view.pages();
            Ranges.Frame frame = pages.frameOf(pgno);
            if (frame == null) {
                if (pgno == view.pageSize().lockPage()) {
                    return new byte[view.pageSize().bytes()];
                }
                throw new MissingPageException(pgno, view);
            }
            try {
                return fetcher.page(frame.file(), frame.position(), cancellation);
            } catch (ReplicaException.NotFound | CorruptFileException e) {
                if (e instanceof CorruptFileException damage) {
                    views.exclude(damage);
                }
                if (relocations == RELOCATIONS_MAX) {
                    throw ViewLoader.lost(view, e);
                }
                if (view.pages() == pages) {
                    relocate(view, frame.file().file, e, cancellation);
                }
            }
        }
    }

    /** Begins to fetch pages of a view that will probably be wanted; returns at once. */
    void fetchAhead(Snapshot view, long[] pgnos) {
        PageMap pages = view.pages();
        List<Ranges.Frame> frames = new ArrayList<>(pgnos.length);
        for (long pgno : pgnos) {
            Ranges.Frame frame = pgno > pages.pages() ? null : pages.frameOf(pgno);
            if (frame != null) {
                frames.add(frame);
            }
        }
        fetcher.fetchAhead(frames);
    }

    /** Tells whether fetching ahead can save time here. */
    boolean isRemote() {
        return !calls.isLocal();
    }

    /** Finds other places for the pages of a view; readers that need the same wait for one search. */
    private void relocate(Snapshot view, LtxFile gone, IOException because, Cancellation cancellation)
            throws IOException {
        FutureTask<Boolean> mine = new FutureTask<>(() -> {
            try {
                views.relocate(view, gone, because);
                return true;
            } finally {
                relocations.remove(view);
                // The newest view may have lost files as well: no reason to wait for a reader to notice.
                follower.surprise();
                wake();
            }
        });
        FutureTask<Boolean> running = relocations.putIfAbsent(view, mine);
        if (running == null) {
            running = mine;
            if (calls.isLocal()) {
                mine.run();
            } else {
                Calls.begin(mine);
            }
        }
        calls.awaitShared(running, cancellation);
    }

    /** Returns the time since the newest transaction was last reached, or empty before the first poll. */
    public Optional<Duration> lag() {
        OptionalLong at = polledAt;
        return at.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanos() - at.getAsLong()));
    }

    /**
     * Sees to it that the newest transaction was reached not longer ago than a limit: if it was, polls at once and
     * waits for that, but not longer than the limit again or {@link #REFRESH_MAX}.
     *
     * @throws StaleException if that failed
     */
    void refresh(Duration maxLag, Cancellation cancellation) throws IOException {
        if (age().compareTo(maxLag) <= 0) {
            return;
        }
        wake();
        Duration limit = maxLag.compareTo(REFRESH_MAX) < 0 ? maxLag : REFRESH_MAX;
        if (!await(() -> age().compareTo(maxLag) <= 0, limit, cancellation)) {
            throw new StaleException(displayUrl(), age(), maxLag);
        }
    }

    /**
     * Gives the follower a moment to find another view if the newest one was lost; not more, since there may be none,
     * and the loss may have been a passing one.
     */
    void replaceLost(Cancellation cancellation) throws IOException {
        Snapshot view = newest;
        if (view.isLost()) {
            wake();
            await(() -> newest != view, REFRESH_MAX, cancellation);
            view.setLost(false);
        }
    }

    /** Returns the time since the newest transaction was last reached; opening counts. */
    private Duration age() {
        return Duration.ofNanos(time.nanos() - polledAt.orElse(openedAt));
    }

    /**
     * Waits until the newest view includes a transaction; polls more often meanwhile.
     *
     * @return whether it does; false if the time was over before
     */
    boolean awaitTxid(Txid txid, Duration limit, Cancellation cancellation) throws IOException {
        return await(
                () -> {
                    boolean reached = !newest.txid().isBefore(txid);
                    if (!reached) {
                        wakeIfIdle();
                    }
                    return reached;
                },
                limit,
                cancellation);
    }

    private boolean await(BooleanSupplier condition, Duration limit, Cancellation cancellation) throws IOException {
        long begin = time.nanos();
        while (!condition.getAsBoolean()) {
            if (time.nanos() - begin >= limit.toNanos()) {
                return false;
            }
            if (cancellation.isCancelled()) {
                throw new ReplicaException.Interrupted(displayUrl() + ": interrupted while waiting for the replica");
            }
            try {
                time.sleep(WAIT_STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ReplicaException.Interrupted(displayUrl() + ": interrupted while waiting for the replica", e);
            }
        }
        return true;
    }

    /** Makes the next poll happen now, unless the last one ended only just. */
    private void wakeIfIdle() {
        if (time.nanos() - pollEndedAt >= HURRIED_POLL_NANOS) {
            wake();
        }
    }

    /** Asks for polls at least this often. */
    void pollAtLeastEvery(Duration interval) {
        pollNanos = Math.min(pollNanos, interval.toNanos());
    }

    /** Makes the next poll happen at once. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            wakeUp.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void follow() {
        while (!closed) {
            try {
                awaitNextPoll();
                if (!closed) {
                    poll();
                }
            } catch (InterruptedException _) {
                return;
            } catch (Throwable e) { // Whatever it was: a reader that silently falls behind is worse.
                logFailure(e);
            }
        }
    }

    private void awaitNextPoll() throws InterruptedException {
        lock.lock();
        try {
            long remaining = pollNanos;
            while (!closed && !woken && remaining > 0) {
                remaining = wakeUp.awaitNanos(remaining);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Polls once and publishes what it brought. Called by one thread at a time. */
    void poll() throws IOException {
        boolean reached = false;
        try {
            reached = follower.poll();
        } finally {
            // Also what was reached before a failure.
            publish(follower.view());
            pollEndedAt = time.nanos();
        }
        if (reached) {
            polledAt = OptionalLong.of(pollEndedAt);
        } else if (follower.hasMore()) {
            wake();
        }
    }

    private void publish(Snapshot view) {
        if (view != newest) {
            fetcher.usePageSize(view.pageSize());
            newest = view;
        }
    }

    private void logFailure(Throwable failure) {
        long now = time.nanos();
        if (closed || (failureLoggedAt != 0 && now - failureLoggedAt < FAILURE_LOG_NANOS)) {
            return;
        }
        failureLoggedAt = now == 0 ? 1 : now;
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: cannot look for new transactions, still at txid {1}: {2}",
                calls.replica(),
                newest.txid(),
                failure instanceof IOException ? failure.getMessage() : failure);
    }

    void pin() {
        pinned.incrementAndGet();
    }

    void unpin() {
        pinned.decrementAndGet();
    }

    /** Returns what this engine did and holds. */
    public EngineStats stats() {
        RequestCounts counts = client.counts();
        return new EngineStats(
                newest.txid(),
                pinned.get(),
                newest.pages().heapBytes(),
                fetcher.cache().bytes(),
                held.bytes(),
                fetcher.hits(),
                fetcher.misses(),
                fetcher.ahead(),
                fetcher.wasted(),
                counts,
                calls.retries(),
                lag(),
                Duration.between(newest.timestamp(), time.now()));
    }

    /** Returns the replica's URL for messages, without secrets. */
    public String displayUrl() {
        return calls.replica();
    }

    /** Ends following, and releases connections. Reads that are under way fail. */
    @Override
    public void close() {
        closed = true;
        wake();
        client.close();
    }
}
