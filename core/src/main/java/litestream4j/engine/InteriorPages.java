package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import litestream4j.btree.BtreePage;
import litestream4j.btree.SchemaRoots;
import org.jspecify.annotations.Nullable;

/**
 * Brings the interior pages of all b-trees into the cache, in the background while a replica is opened and after: with
 * them here, a look-up costs one round trip, whatever the depth of its tree. Level by level from the roots, since the
 * upper levels serve most; a level that is larger than what is left of the budget is left out.
 *
 * <p>Safe for all threads.
 */
final class InteriorPages {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /**
     * Of one pass. Scattered pages take a request each, so this bounds the price of an open as well as the memory; the
     * second pass asks only for those that came into the view with later files.
     */
    private static final int PAGES_MAX = 512;

    /** Of the cache: the rest is for what queries read. */
    private static final int SHARE_OF_CACHE = 4;

    private static final long SCHEMA_ROOT = 1;

    private final ViewPages pages;
    private final long cacheBytes;
    private final String replica;

    /** Set to end the pass that is under way. Guarded by this, as what follows. */
    private @Nullable AtomicBoolean running;

    private boolean opened;
    private boolean closed;

    InteriorPages(ViewPages pages, long cacheBytes, String replica) {
        this.pages = pages;
        this.cacheBytes = cacheBytes;
        this.replica = replica;
    }

    /** Begins to load those of a file alone, unless its view is here already; returns at once. */
    synchronized void loadEarly(SourceFile first) {
        if (!opened) {
            pages.usePageSize(first.pageSize());
            begin(() -> ViewLoader.build(List.of(first), 0));
        }
    }

    /** Says that the view is here: who comes with one of its files from now on is late. */
    synchronized void opened(Snapshot view) {
        opened = true;
        pages.usePageSize(view.pageSize());
    }

    /** Begins to load those of a view, instead of those of a file; returns at once. */
    synchronized void load(Snapshot view) {
        begin(() -> view);
    }

    private synchronized void begin(Callable<Snapshot> view) {
        stop();
        if (closed) {
            return;
        }
        AtomicBoolean stopped = new AtomicBoolean();
        running = stopped;
        Calls.begin(() -> {
            load(view, stopped);
        });
    }

    private void load(Callable<Snapshot> view, AtomicBoolean stopped) {
        try {
            new Pass(view.call(), stopped).run();
        } catch (Throwable e) { // Nobody waits for it.
            // Queries that want these pages say what is wrong.
            LOG.log(System.Logger.Level.DEBUG, () -> replica + ": interior pages are not loaded: " + e.getMessage());
        }
    }

    /** Ends the work soon, and for ever; what is here stays. */
    synchronized void close() {
        closed = true;
        stop();
    }

    private synchronized void stop() {
        if (running != null) {
            running.set(true);
        }
    }

    private record Page(long pgno, byte[] image) {}

    /** Used by one thread. */
    private final class Pass {
        private final Snapshot view;
        private final AtomicBoolean stopped;
        private final Askers.Asker asker = pages.askers().new Asker();
        private int left;

        Pass(Snapshot view, AtomicBoolean stopped) {
            this.view = view;
            this.stopped = stopped;
            this.left = (int) Math.min(
                    PAGES_MAX, cacheBytes / SHARE_OF_CACHE / view.pageSize().bytes());
        }

        void run() throws IOException {
            asker.begin();
            try {
                loadAll();
            } finally {
                asker.end();
            }
        }

        private void loadAll() throws IOException {
            SchemaRoots schema = new SchemaRoots();
            for (List<Page> level = fetch(List.of(SCHEMA_ROOT)); !level.isEmpty(); level = fetch(children(level))) {
                level.forEach(page -> schema.read(page.image, page.pgno));
            }
            List<List<Page>> trees = new ArrayList<>();
            for (Page root : fetch(List.copyOf(schema.all()))) {
                trees.add(List.of(root));
            }
            while (!trees.isEmpty() && !stopped.get()) {
                trees = nextLevels(trees);
            }
        }

        /** Returns the levels below those given that are of interior pages: all leaves of a tree are equally deep. */
        private List<List<Page>> nextLevels(List<List<Page>> levels) throws IOException {
            List<List<Long>> below = new ArrayList<>();
            List<Long> probes = new ArrayList<>();
            for (List<Page> level : levels) {
                List<Long> children = children(level);
                if (!children.isEmpty()) {
                    below.add(children);
                    probes.add(children.getFirst());
                }
            }
            List<Page> probed = fetch(probes);
            List<List<Page>> next = new ArrayList<>();
            for (int i = 0; i < probed.size(); i++) {
                if (BtreePage.isInterior(probed.get(i).image, probed.get(i).pgno)) {
                    List<Page> level = fetch(below.get(i));
                    if (!level.isEmpty()) {
                        next.add(level);
                    }
                }
            }
            return next;
        }

        private List<Long> children(List<Page> level) {
            List<Long> children = new ArrayList<>();
            for (Page page : level) {
                Arrays.stream(BtreePage.children(
                                page.image, page.pgno, view.commit().pages()))
                        .mapToObj(Integer::toUnsignedLong)
                        .forEach(children::add);
            }
            return children;
        }

        /** Returns pages, fetched side by side; none if they are more than is left of the budget. */
        private List<Page> fetch(List<Long> pgnos) throws IOException {
            if (pgnos.isEmpty() || pgnos.size() > left) {
                return List.of();
            }
            left -= pgnos.size();
            pages.fetchAhead(view, pgnos.stream().mapToLong(Long::longValue).toArray(), asker);
            List<Page> fetched = new ArrayList<>();
            for (long pgno : pgnos) {
                if (pgno > view.commit().pages()) {
                    continue;
                }
                byte[] image = new byte[view.pageSize().bytes()];
                pages.read(view, view.pages(), pgno, image, stopped::get);
                // Used once more, it does not leave the cache with the next scan.
                pages.inMemory(view, pgno, image);
                fetched.add(new Page(pgno, image));
            }
            return fetched;
        }
    }
}
