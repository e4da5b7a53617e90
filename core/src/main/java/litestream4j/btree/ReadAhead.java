package litestream4j.btree;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells which pages one reader will want next: fed with the pages that it reads, it answers with page numbers that are
 * worth fetching now.
 *
 * <p>A b-tree says itself what a scan reads next: an interior page names its children in key order, wherever they
 * lie. So the interior pages seen last are remembered, and when a page is read that is the child after or before the
 * one read last, the children further on are wanted, across the borders of interior pages. Eight times as many with
 * each batch, so that a query that stops early wastes little and a long one is at full speed after few round trips;
 * once a quarter of what was fetched ahead is used up, an eighth if that was much, the next batch is due. After
 * queries that stopped early all that is less, see {@link Thrift}. Pages that follow each other by number (overflow
 * chains, a backup) are taken as a run of their own. Rows that an index leads to are the business of
 * {@link RowLookups}, those that a join leads to that of {@link Joins}, those too large for a leaf that of
 * {@link Overflows}.
 *
 * <p>What was asked for may be gone when the reader comes to it: there was no room for it, or another reader took it
 * and the cache had to let it go. Then it is asked for again, with a smaller batch: readers that share too little room
 * so come to their share.
 *
 * <p>What it remembers may belong to an older view: a wrong guess costs a wasted read, never a wrong page.
 *
 * <p>Used by one thread at a time.
 */
public final class ReadAhead {
    /** Pages fetched ahead when a run is first recognised. */
    public static final int WINDOW_MIN = 4;

    /** The same when the first leaf of a tree is read: a scan of a whole table, more likely than not. */
    static final int WINDOW_FROM_EDGE = 32;

    /** What a look-up counts that nothing had told, and waited, and one that a join had told of. */
    private static final int WAITED = 4;

    private static final int TOLD = 1;

    private static final long SCHEMA_ROOT = 1;

    private final IntSupplier windowMax;
    private final PageSource known;
    private final InteriorTrail trail = new InteriorTrail();
    private final SchemaRoots schema = new SchemaRoots();
    private final RowLookups rows;
    private final Overflows overflows;
    private final Joins joins;
    private final PageList wanted = new PageList();

    private final NumberRun byNumber = new NumberRun();

    /**
     * Of runs that begin at the edge of a tree, and of those that begin between two neighbours. A query by index that
     * goes through many interior pages at a time meets neighbours by chance, and that says nothing of scans.
     */
    private final Thrift fromEdge = new Thrift();

    private final Thrift fromNeighbour = new Thrift();

    /** The run that was begun last, until it is known what became of it. */
    private @Nullable Run latest;

    /**
     * Makes one for a reader.
     *
     * @param windowMax returns the most pages of a scan to be fetched ahead now; asked for each batch
     * @param known pages of the reader's view that are in memory
     */
    public ReadAhead(IntSupplier windowMax, PageSource known) {
        this.windowMax = windowMax;
        this.known = known;
        this.rows = new RowLookups(known, trail);
        this.overflows = new Overflows(known, trail);
        this.joins = new Joins(known, trail, schema, rows);
    }

    /**
     * Returns the pages to be fetched together with one that is not in memory and about to be waited for; that one
     * may be among them.
     *
     * @param pages size of the view, in pages
     * @param isComing whether it was asked for already and is still on its way, or has come
     */
    public long[] approach(long pgno, long pages, boolean isComing) {
        InteriorPage parent = trail.parentOf(pgno);
        if (parent == null) {
            if (!isComing) {
                byNumber.lost(pgno);
            }
            overflows.approach(pgno, pages, isComing, windowMax.getAsInt(), wanted);
        }
        if (parent == null && !isComing && wanted.isEmpty()) {
            parent = trail.findParentOf(pgno);
        }
        if (parent != null) {
            step(parent, trail.positionOf(pgno), pages);
            if (!isComing && wanted.isEmpty() && parent.run != null) {
                parent.run.lost(parent, windowMax.getAsInt());
                parent.run.fill(pages, wanted);
            }
            if (!isComing && wanted.isEmpty()) {
                lookedUp(parent, WAITED);
            }
            if (!wanted.isEmpty()) {
                wanted.add(pgno); // One request brings it, and goes on to the next ones.
            }
        }
        // A scan that looks up each row in the indexes, as an integrity check does, goes where these lead to by itself.
        if (parent == null || parent.run == null || !parent.run.isLong()) {
            boolean isLed = rows.approach(pgno, wanted);
            boolean isOfJoin = joins.approach(pgno, parent, isComing || isLed, wanted);
            if (parent != null && isOfJoin && isComing) {
                lookedUp(parent, TOLD);
            }
        }
        return wanted.take();
    }

    /**
     * Takes note of a page that was read.
     *
     * @param pages size of the view, in pages
     * @return the pages to be fetched ahead now, each in [1, pages]; some may be here or on their way already
     */
    public long[] read(long pgno, byte[] page, long pages) {
        InteriorPage parent = trail.parentOf(pgno);
        if (parent != null) {
            step(parent, trail.positionOf(pgno), pages);
            byNumber.restart(pgno);
        } else if (byNumber.beginsWith(pgno) && overflows.leadTo(pgno)) {
            byNumber.restart(pgno);
        } else {
            byNumber.step(pgno, pages, windowMax, wanted);
        }
        switch (BtreePage.kind(page, pgno)) {
            case BtreePage.INTERIOR_INDEX, BtreePage.INTERIOR_TABLE -> {
                if (parent == null && trail.page(pgno) == null && !schema.isRoot(pgno)) {
                    trail.findParentOf(pgno); // It may have lost its place there to one of many children of others.
                }
                trail.remember(pgno, page, pages);
                if (parent != null) {
                    markHigh(parent);
                }
            }
            case BtreePage.LEAF_INDEX -> {
                long root = schema.isIndex(pgno) ? pgno : trail.rootOfIndexLeaf(pgno);
                rows.leaf(pgno, root, schema.tableOf(root), schema.keyOf(root), wanted);
                joins.leaf(pgno, parent);
            }
            case BtreePage.LEAF_TABLE -> {
                overflows.leaf(pgno);
                joins.leaf(pgno, parent);
                if (pgno == SCHEMA_ROOT || (parent != null && trail.rootOf(parent.pgno) == SCHEMA_ROOT)) {
                    schema.read(page, pgno);
                }
            }
            default -> {
                // An overflow page, or one of another kind.
            }
        }
        return wanted.take();
    }

    /** Takes note that the children of a page are interior ones, and no run of leaves. */
    private void markHigh(InteriorPage page) {
        page.isHigh = true;
        if (page.run != null && page.run == latest) {
            latest = null;
        }
        page.run = null;
    }

    /**
     * Takes note of one of many look-ups here and there, as a join makes them: they come to all pages of a small tree
     * in the end. So after some of them all the children of a page come together. If that was in vain, since they were
     * pushed out again, it takes more of them the next time.
     */
    private void lookedUp(InteriorPage parent, int weight) {
        parent.lookups += weight;
        if (parent.lookups >= parent.patience && pagesOfTree(parent) <= windowMax.getAsInt()) {
            parent.lookups = 0;
            parent.patience *= 2;
            for (int i = 0; i < parent.children.length; i++) {
                wanted.add(parent.child(i));
            }
        }
    }

    /** Returns the number of leaves in a tree, about; much if that is not known. */
    private long pagesOfTree(InteriorPage page) {
        return schema.isRoot(page.root()) ? page.leavesOfTree() : Long.MAX_VALUE;
    }

    private void step(InteriorPage page, int position, long pages) {
        int from = page.position;
        if (position == from) {
            return;
        }
        page.position = position;
        if (page.isHigh) {
            return; // The run of the leaves asks for interior pages as it needs them.
        }
        Run run = page.run;
        if (from < 0) {
            run = entering(page, position);
        } else if (run != null && run.covers(page, from, position)) {
            pass(run, page, from, position);
        } else {
            end(run);
            run = jumping(page, from, position);
        }
        page.run = run;
        if (run == null) {
            return;
        }
        if (run.window == 0 || run.thrift.isDue(run.ahead, run.window, run.isScattered())) {
            run.window = Math.min(windowMax.getAsInt(), run.thrift.next(run.window, run.first));
            run.fill(pages, wanted);
        }
        if (!page.has(position + run.direction)) {
            announce(run);
        }
    }

    /**
     * Says which interior page a run's reader comes to next. It may never read it here, having it still; or its place
     * may be lost to another child by then.
     */
    private void announce(Run run) {
        InteriorPage following = run.following();
        Frontier.Place awaited = run.awaited();
        if (following != null) {
            trail.expect(following);
        } else if (awaited != null) {
            trail.expect(awaited);
        }
    }

    /** Returns the run that begins with a step of the reader inside a page that is part of no other one. */
    private @Nullable Run jumping(InteriorPage page, int from, int position) {
        if (Math.abs(position - from) == 1) { // Also to the last child: who goes on to it does not turn there.
            return begin(new Run(known, position - from, page, position, WINDOW_MIN, fromNeighbour));
        }
        for (int direction = 1; direction >= -1; direction -= 2) {
            if (position == page.first(direction) && isEdge(page, direction)) {
                return begin(new Run(known, direction, page, position, WINDOW_FROM_EDGE, fromEdge));
            }
        }
        return null;
    }

    private Run begin(Run run) {
        end(latest); // Two may go on side by side, in a join: then one of them is misjudged, and once.
        latest = run;
        return run;
    }

    private void end(@Nullable Run run) {
        if (run != null && run == latest) {
            latest = null;
            run.thrift.ended(run.asked, run.ahead);
        }
    }

    private void pass(Run run, InteriorPage page, int from, int position) {
        int ahead = run.ahead;
        run.passed(page, from, position);
        run.thrift.used(ahead - run.ahead);
    }

    /** Returns the run that a page's first read child belongs to: that of the page before or behind, or a new scan. */
    private @Nullable Run entering(InteriorPage page, int position) {
        for (int direction = 1; direction >= -1; direction -= 2) {
            if (position != page.first(direction)) {
                continue;
            }
            InteriorPage before = before(page, direction, 0);
            Run run = before == null ? null : before.run;
            if (run != null && run.direction == direction) {
                int ahead = run.ahead;
                run.entered(page, position);
                run.thrift.used(Math.max(0, ahead - run.ahead));
                return run;
            }
            if (isEdge(page, direction)) {
                return begin(new Run(known, direction, page, position, WINDOW_FROM_EDGE, fromEdge));
            }
        }
        return null;
    }

    /** Returns the interior page before another one, of the same height; null if it is not known. */
    private @Nullable InteriorPage before(InteriorPage page, int direction, int depth) {
        InteriorPage above = page.above;
        if (above == null || depth == InteriorTrail.DEPTH_MAX) {
            return null;
        }
        int place = page.placeAbove - direction;
        if (!above.has(place)) {
            above = before(above, direction, depth + 1);
            if (above == null) {
                return null;
            }
            place = above.first(-direction);
        }
        return trail.page(above.child(place));
    }

    /** Tells whether a page stands at the edge of its tree where a scan in a direction begins. */
    private boolean isEdge(InteriorPage page, int direction) {
        int depth = 0;
        for (InteriorPage below = page; below.above != null; below = below.above) {
            if (below.placeAbove != below.above.first(direction) || ++depth == InteriorTrail.DEPTH_MAX) {
                return false;
            }
        }
        return true;
    }
}
