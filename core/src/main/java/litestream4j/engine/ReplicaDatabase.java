package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import litestream4j.replica.MeteredClient;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.RequestCounts;

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
    private final ViewPages pages;
    private final InteriorPages interiorPages;
    private final Following following;
    private final Waits waits;
    private final Relocations relocations;
    private final ViewsInUse inUse = new ViewsInUse();

    private ReplicaDatabase(Opening opening, Snapshot start) {
        this.client = opening.client;
        this.calls = opening.calls;
        this.time = opening.time;
        this.held = opening.held;
        this.loader = opening.loader;
        this.views = opening.views;
        this.fetcher = opening.fetcher;
        this.pages = opening.pages;
        this.interiorPages = opening.interiorPages;
        interiorPages.opened(start);
        this.following = new Following(
                new Follower(calls, opening.loader, views, opening.lostViews, time, start, opening.begun),
                new PollTimer(opening.settings.pollInterval()),
                calls.replica(),
                time,
                view -> fetcher.usePageSize(view.pageSize()));
        this.waits = new Waits(following, calls.replica(), time);
        // The newest view may have lost files as well: no reason to wait for a reader to notice.
        this.relocations = new Relocations(calls, opening.lostViews, following::surprise);
    }

    /** The parts of an engine before there is a view. */
    private static final class Opening {
        final MeteredClient client;
        final Settings settings;
        final Time time;
        final Moment begun;
        final Calls calls;
        final HeldContents held;
        final FileLoader loader;
        final ViewLoader views;
        final PageFetcher fetcher;
        final LostViews lostViews;
        final ViewPages pages;
        final InteriorPages interiorPages;

        Opening(ReplicaClient client, Settings settings, Time time) {
            this.client = new MeteredClient(client);
            this.settings = settings;
            this.time = time;
            this.begun = Moment.now(time);
            this.calls = new Calls(this.client, time);
            this.held = new HeldContents(settings.heldBytes());
            this.loader = new FileLoader(calls, held, settings.verifiesWhole());
            this.views = new ViewLoader(calls, loader, time);
            this.fetcher = new PageFetcher(calls, held, settings.cacheBytes(), AHEAD_BYTES);
            this.lostViews = new LostViews(calls, loader, views, fetcher, time);
            this.pages = new ViewPages(fetcher);
            this.interiorPages = new InteriorPages(pages, settings.cacheBytes(), calls.replica());
        }

        ReplicaDatabase open(OpenPatience patience, NothingYet nothing, Cancellation cancellation) throws IOException {
            OpenWait wait = new OpenWait(calls, views, settings.pollInterval(), patience, nothing, time);
            try {
                return new ReplicaDatabase(this, wait.load(cancellation));
            } catch (IOException | RuntimeException | Error e) {
                interiorPages.close();
                client.close();
                throw e;
            } finally {
                views.onFirst(null);
            }
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
        OpenPatience patience = new OpenPatience(settings.openTimeout(), Time.SYSTEM);
        return open(client, settings, patience, new NothingYet(), cancellation);
    }

    /**
     * Opens a replica like {@link #open(ReplicaClient, Settings, Cancellation)}, for others as well.
     *
     * @param patience used instead of that of the settings
     * @param nothing is told what the others need to know
     */
    static ReplicaDatabase open(
            ReplicaClient client,
            Settings settings,
            OpenPatience patience,
            NothingYet nothing,
            Cancellation cancellation)
            throws IOException {
        Opening opening = new Opening(client, settings, Time.SYSTEM);
        boolean loadsInteriorPages = settings.readsAhead() && !opening.calls.isLocal();
        if (loadsInteriorPages) {
            opening.views.onFirst(opening.interiorPages::loadEarly);
        }
        ReplicaDatabase database = opening.open(patience, nothing, cancellation);
        boolean started = false;
        try {
            database.following.start();
            if (loadsInteriorPages) {
                database.interiorPages.load(database.newest());
            }
            started = true;
            return database;
        } finally {
            if (!started) { // As when there can be no more threads.
                database.close();
            }
        }
    }

    /** Opens a replica without a thread of its own: whoever calls this calls {@link #poll}. */
    static ReplicaDatabase open(ReplicaClient client, Settings settings, Cancellation cancellation, Time time)
            throws IOException {
        OpenPatience patience = new OpenPatience(settings.openTimeout(), time);
        return new Opening(client, settings, time).open(patience, new NothingYet(), cancellation);
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
            PageMap map = view.pages();
            try {
                pages.read(view, map, pgno, into, cancellation);
                return;
            } catch (ReplicaException.NotFound | CorruptFileException e) {
                if (e instanceof CorruptFileException damage) {
                    views.exclude(damage);
                }
                if (attempt == RELOCATIONS_MAX) {
                    throw LostViews.lost(view, e);
                }
                SourceFile file = map.sourceOf(pgno);
                if (file != null && view.pages() == map) {
                    relocations.relocate(view, file.file, e, cancellation);
                }
            }
        }
    }

    /** Returns the pages of views, for those who can do without a page. */
    ViewPages pages() {
        return pages;
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
                inUse.transactions(),
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
        interiorPages.close();
        client.close();
    }

    /** Empties the cache; takes no memory itself. */
    void dropPages() {
        fetcher.drop();
    }
}
