package litestream4j.btree;

import static litestream4j.btree.BtreePages.LEAF;
import static litestream4j.btree.BtreePages.PAGES;
import static litestream4j.btree.BtreePages.interior;
import static litestream4j.btree.BtreePages.scattered;
import static litestream4j.btree.BtreePages.schemaOfOneIndex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long readers of whole trees wait for a store where each request takes 100 times as long as reading a page. */
class ReadAheadPaceTest {
    /**
     * Where interior pages have few children, as those of long keys, they have to come several at a time, also across
     * the borders of those above.
     */
    @ParameterizedTest
    @CsvSource({"10, 3, 1", "10, 3, -1", "4, 6, 1", "4, 6, -1"})
    void interiorPagesWithFewChildrenAreAskedForSeveralAtATime(int fan, int heights, int direction) {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> path = new ArrayList<>();
        walk(tree(pages, fan, heights), pages, direction, path);
        SlowStore store = new SlowStore(pages, 100, 512);
        path.forEach(store::read);
        assertThat(store.now()).as("time for %d pages", path.size()).isLessThan(path.size() + 20 * 100);
    }

    /** Method: SQLite kept the interior pages, so that the second scan reads only leaves. */
    @Test
    void aSecondScanGoesOnAcrossTheBordersOfInteriorPagesToo() {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> path = new ArrayList<>();
        walk(tree(pages, 50, 2), pages, 1, path);
        SlowStore store = new SlowStore(pages, 100, 512);
        path.forEach(store::read);
        store.drop();
        int first = store.now();
        path.stream().filter(pgno -> !pages.containsKey(pgno)).forEach(store::read);
        assertThat(store.now() - first).isLessThan(first + 100);
    }

    /** Method: SQLite kept the interior pages of the tree, while a scan of another one came to many more pages. */
    @Test
    void aScanGoesOnWhereAnotherOneTookThePlacesOfItsPages() {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> path = new ArrayList<>();
        List<Long> leaves = scattered(42_000);
        for (int i = 0; i < 105; i++) {
            pages.put(90_000L + i, interior(leaves.subList(400 * i, 400 * i + 400)));
            path.add(90_000L + i);
        }
        SlowStore store = new SlowStore(pages, 100, 512);
        path.subList(0, 60).forEach(store::read);
        int begin = store.now();
        leaves.subList(0, 400).forEach(store::read);
        assertThat(store.now() - begin).isLessThan(400 + 5 * 100);
    }

    @Test
    void manyLookupsInASmallTreeFetchAllOfIt() {
        SlowStore store = afterLookups(300, 1, 300);
        assertThat(store.now()).isLessThan(300 + 40 * 100);
    }

    @Test
    void manyLookupsInALargeTreeFetchLittleAhead() {
        SlowStore store = afterLookups(50, 2, 800);
        assertThat(store.requested()).isLessThan(1200);
    }

    /** Looks up rows on so many leaves of a table, here and there; its interior pages are here from the beginning. */
    private static SlowStore afterLookups(int fan, int heights, int lookups) {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> path = new ArrayList<>();
        walk(tree(pages, fan, heights, 3), pages, 1, path);
        SlowStore store = new SlowStore(pages, 100, 1024);
        schemaOfOneIndex(store.readAhead());
        path.stream().filter(pages::containsKey).forEach(pgno -> {
            store.bring(pgno);
            store.read(pgno);
        });
        List<Long> leaves = new ArrayList<>(path);
        leaves.removeAll(pages.keySet());
        Collections.shuffle(leaves, new Random(1));
        leaves.subList(0, lookups).forEach(store::read);
        return store;
    }

    private static long tree(Map<Long, byte[]> pages, int fan, int heights) {
        return tree(pages, fan, heights, 85_999);
    }

    /** Makes the pages of a tree at scattered places; returns its root. */
    private static long tree(Map<Long, byte[]> pages, int fan, int heights, long root) {
        List<Long> below = scattered((int) Math.pow(fan, heights));
        long next = 86_000;
        while (below.size() > 1) {
            List<Long> above = new ArrayList<>();
            for (int i = 0; i < below.size(); i += fan) {
                long pgno = below.size() == fan ? root : next++;
                pages.put(pgno, interior(below.subList(i, i + fan)));
                above.add(pgno);
            }
            below = above;
        }
        return below.getFirst();
    }

    /** Lists the pages of a tree in the order in which a scan reads them. */
    private static void walk(long pgno, Map<Long, byte[]> pages, int direction, List<Long> path) {
        path.add(pgno);
        int[] children = BtreePage.children(pages.getOrDefault(pgno, LEAF), pgno, PAGES);
        for (int i = 0; i < children.length; i++) {
            walk(children[direction > 0 ? i : children.length - 1 - i], pages, direction, path);
        }
    }
}
