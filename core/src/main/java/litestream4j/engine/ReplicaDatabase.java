package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import litestream4j.replica.MeteredClient;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.RequestCounts;
import org.jspecify.annotations.Nullable;

/**
 * One replica, open for reading: its newest view, the thread that follows it, and the pages that were read. All
 * connections of a process to a replica share one. Safe for all threads.
 */
public final class ReplicaDatabase implements AutoCloseable {
    /** Memory for pages that were fetched ahead of demand and not wanted yet, of all readers together. */
    private static final long AHEAD_BYTES = 16 * 1024 * 1024;

    /** Attempts to find other places for a page before its view is given up. */
    private static final int RELOCATIONS_MAX = 3;

    private final MeteredClient client;
    private final Calls calls;
    private final Time time;
    private final HeldContents held;
    private final FileLoader loader;
    private final ViewLoader views;
    private final PageFetcher fetcher;
    private final Following following;
    private final Waits waits;
    private final Relocations relocations;
    private final ViewsInUse inUse = new ViewsInUse();
    private final AtomicInteger pinned = new AtomicInteger();
    private volatile @Nullable InteriorPages interiorPages;

    private ReplicaDatabase(Opening opening, Snapshot start) {
        this.client = opening.client;
        this.calls = opening.calls;
        this.time = opening.time;
        this.held = opening.held;
        this.loader = opening.loader;
        this.views = opening.views;
        this.fetcher = new PageFetcher(calls, held, opening.settings.cacheBytes(), AHEAD_BYTES, start.pageSize());
        this.following = new Following(
                new Follower(calls, opening.loader, views, time, start),
                new PollTimer(opening.settings.pollInterval()),
                calls.replica(),
                time,
                view -> fetcher.usePageSize(view.pageSize()));
        this.waits = new Waits(following, calls.replica(), time);
        // The newest view may have lost files as well: no reason to wait for a reader to notice.
        this.relocations = new Relocations(calls, views, following::surprise);
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
            this.held = new HeldContents(settings.heldBytes());
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
        boolean started = false;
        try {
            database.following.start();
            if (settings.readsAhead() && database.isRemote()) {
                database.loadInteriorPages(settings.cacheBytes());
            }
            started = true;
            return database;
        } finally {
            if (!started) { // As when there can be no more threads.
                database.close();
            }
        }
    }

    private void loadInteriorPages(long cacheBytes) {
        InteriorPages loading = new InteriorPages(this, cacheBytes);
        interiorPages = loading;
        Calls.begin(() -> {
            loading.load();
            interiorPages = null; // It holds on to a view.
        });
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
        return following.newest();
    }

    /**
     * Makes the view of a target.
     *
     * @throws PlanException if no files lead there
     */
    Snapshot at(Target target, Cancellation cancellation) throws IOException {
        return calls.await(() -> views.load(target), cancellation);
    }

    /** Returns the files that are there now. */
    ReplicaFiles files(Cancellation cancellation) throws IOException {
        return views.files(cancellation);
    }

    /**
     * Returns a page of a view.
     *
     * @param pgno in [1, commit]
     * @return the page as the primary had it, in an array of its own. Zeros for the lock page
     * @throws ViewLostException if the replica no longer holds the view
     */
    public byte[] page(Snapshot view, long pgno, Cancellation cancellation) throws IOException {
        byte[] page = new byte[view.pageSize().bytes()];
        read(view, pgno, page, cancellation);
        return page;
    }

    /**
     * Reads a page of a view, as {@link #page} does.
     *
     * @param into takes the page; shape: [page size]. Undefined after a failure
     */
    void read(Snapshot view, long pgno, byte[] into, Cancellation cancellation) throws IOException {
        for (int attempt = 0; ; attempt++) {
            PageMap pages = view.pages();
            Ranges.Frame frame = pages.frameOf(pgno);
            if (frame == null) {
                if (pgno == view.pageSize().lockPage()) {
                    Arrays.fill(into, (byte) 0);
                    return;
                }
                throw new MissingPageException(pgno, view);
            }
            try {
                fetcher.page(frame.file(), frame.position(), into, cancellation);
                return;
            } catch (ReplicaException.NotFound | CorruptFileException e) {
                if (e instanceof CorruptFileException damage) {
                    views.exclude(damage);
                }
                if (attempt == RELOCATIONS_MAX) {
                    throw ViewLoader.lost(view, e);
                }
                if (view.pages() == pages) {
                    relocations.relocate(view, frame.file().file, e, cancellation);
                }
            }
        }
    }

    /**
     * Reads a page of a view if it is in memory.
     *
     * @param pgno in [1, commit]
     * @param into takes the page; shape: [page size]
     * @return whether it was
     */
    boolean inMemory(Snapshot view, long pgno, byte[] into) {
        Ranges.Frame frame = view.pages().frameOf(pgno);
        try {
            return frame != null && fetcher.inMemory(frame.file(), frame.position(), into);
        } catch (CorruptFileException _) {
            return false; // Whoever waits for it is told.
        }
    }

    /** Reads a page of a view if it is in memory or came ahead of demand; any number will do. */
    boolean peek(Snapshot view, long pgno, byte[] into) {
        PageMap pages = view.pages();
        Ranges.Frame frame = pgno < 1 || pgno > pages.pages() ? null : pages.frameOf(pgno);
        return frame != null && fetcher.peek(frame.file(), frame.position(), into);
    }

    /** Begins to fetch pages of a view that will probably be wanted; returns at once. */
    void fetchAhead(Snapshot view, long[] pgnos) {
        PageMap pages = view.pages();
        List<Ranges.Frame> frames = new ArrayList<>(pgnos.length);
        for (long pgno : pgnos) {
            Ranges.Frame frame = pgno < 1 || pgno > pages.pages() ? null : pages.frameOf(pgno);
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

    /** Returns the time since the newest transaction was last reached, or empty before the first poll. */
    public Optional<Duration> lag() {
        return following.lag();
    }

    /** Returns what readers wait with. */
    Waits waits() {
        return waits;
    }

    /** Returns what keeps the newest view new. */
    Following following() {
        return following;
    }

    /** Polls once, for those who opened without a thread. Called by one thread at a time. */
    void poll() throws IOException {
        following.poll();
    }

    /** Takes note of a read transaction. */
    void pin(Snapshot view) {
        pinned.incrementAndGet();
        inUse.add(view);
    }

    void unpin(Snapshot view) {
        inUse.remove(view);
        pinned.decrementAndGet();
    }

    /** Returns the views that readers hold. */
    ViewsInUse inUse() {
        return inUse;
    }

    /** Returns what this engine did and holds. */
    public EngineStats stats() {
        RequestCounts counts = client.counts();
        Snapshot newest = newest();
        IndexMemory measured = new IndexMemory();
        newest.pages().measure(measured);
        inUse.views().forEach(view -> view.pages().measure(measured));
        loader.known().forEach(measured::add);
        return new EngineStats(
                newest.txid(),
                pinned.get(),
                measured.bytes(),
                measured.files(),
                fetcher.cache().bytes(),
                held.bytes(),
                fetcher.hits(),
                fetcher.misses(),
                fetcher.ahead(),
                fetcher.wasted(),
                counts,
                calls.retries(),
                calls.hedging().hedges(),
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
        following.close();
        InteriorPages loading = interiorPages;
        if (loading != null) {
            loading.stop();
        }
        client.close();
    }

    /** Empties the cache; takes no memory itself. */
    void dropPages() {
        fetcher.drop();
    }
}
