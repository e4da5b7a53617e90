package litestream4j.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The leaves that a reader read last, of the trees that it read last.
 *
 * <p>Used by one thread at a time.
 */
final class RecentLeaves {
    private static final int TREES = 8;

    /** Of each tree: more than hold the rows that a program shows at a time. */
    private static final int LEAVES = 4;

    private static final int NEWCOMERS = 4;

    private static final long[] NONE = {};

    private final InteriorTrail trail;
    private final SchemaRoots schema;

    /** That of the leaf read last first; 0 where there is none. */
    private final long[] roots = new long[TREES];

    /** Pages of each, the last one first; 0 where there is none. */
    private final long[][] leaves = new long[TREES][LEAVES];

    /** Leaves read since then that are of none of these, as far as is known; 0 where there is none. */
    private final long[] newcomers = new long[NEWCOMERS];

    private int next;

    RecentLeaves(InteriorTrail trail, SchemaRoots schema) {
        this.trail = trail;
        this.schema = schema;
    }

    /**
     * Takes note of a leaf that was read, in little time and without allocating.
     *
     * @param parent the page that names it; null if it is a root, or that is not known
     */
    void add(long leaf, @Nullable InteriorPage parent) {
        int tree = indexOf(parent == null ? leaf : parent.root());
        if (tree >= 0) {
            put(leaf, tree);
        } else {
            newcomers[next] = leaf;
            next = (next + 1) % NEWCOMERS;
        }
    }

    /** Finds out to which trees the other leaves belong that were read since. That may take a search. */
    void settle() {
        for (int i = 0; i < NEWCOMERS; i++) {
            int place = (next + i) % NEWCOMERS;
            long leaf = newcomers[place];
            newcomers[place] = 0;
            InteriorPage parent = leaf == 0 ? null : trail.findParentOf(leaf);
            long root = parent == null ? leaf : rootOf(parent);
            if (leaf != 0 && schema.isRoot(root)) {
                begin(root);
                put(leaf, indexOf(root));
            }
        }
    }

    /** Returns the root of the tree of an interior page, or that up to which the way is known. */
    long rootOf(InteriorPage page) {
        long root = page.root();
        return schema.isRoot(root) ? root : trail.findRootOf(page);
    }

    /** Puts a tree in the place of the one that was read longest ago, unless it is known. */
    private void begin(long root) {
        if (indexOf(root) < 0) {
            roots[TREES - 1] = root;
            Arrays.fill(leaves[TREES - 1], 0);
        }
    }

    private int indexOf(long root) {
        for (int i = 0; i < TREES; i++) {
            if (roots[i] == root) {
                return i;
            }
        }
        return -1;
    }

    private void put(long leaf, int tree) {
        long root = roots[tree];
        long[] ofTree = leaves[tree];
        if (tree > 0) {
            System.arraycopy(roots, 0, roots, 1, tree);
            System.arraycopy(leaves, 0, leaves, 1, tree);
            roots[0] = root;
            leaves[0] = ofTree;
        }
        int at = 0;
        while (at < LEAVES - 1 && ofTree[at] != leaf) {
            at++;
        }
        System.arraycopy(ofTree, 0, ofTree, 1, at);
        ofTree[0] = leaf;
    }

    /** Returns the leaves of a tree, the one read last first, 0 where there is none; not to be changed. */
    long[] of(long root) {
        int tree = indexOf(root);
        return tree < 0 ? NONE : leaves[tree];
    }

    /** Returns the roots of the trees, that of the leaf read last first; 0 where there is none; not to be changed. */
    long[] trees() {
        return roots;
    }
}
