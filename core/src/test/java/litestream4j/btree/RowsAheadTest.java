package litestream4j.btree;

import static litestream4j.btree.BtreePages.LEAF;
import static litestream4j.btree.BtreePages.PAGES;
import static litestream4j.btree.BtreePages.PAGE_BYTES;
import static litestream4j.btree.BtreePages.indexLeaf;
import static litestream4j.btree.BtreePages.interior;
import static litestream4j.btree.BtreePages.leafOfLargeRows;
import static litestream4j.btree.BtreePages.scattered;
import static litestream4j.btree.BtreePages.schemaOfOneIndex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that an index leads to, and rows that are too large for a leaf. */
class RowsAheadTest {
    private final Map<Long, byte[]> inMemory = new HashMap<>();
    private final ReadAhead readAhead = new ReadAhead(() -> 64, inMemory::get);

    /** The index on page 2, of three leaves, and the table on page 3, of ten leaves with a row each. */
    private void readTreesOfOneIndex() {
        schemaOfOneIndex(readAhead);
        byte[] index = interior(List.of(10L, 11L, 12L));
        index[0] = 2;
        readAhead.read(2, index, PAGES);
        inMemory.put(3L, interior(LongStream.range(1000, 1010).boxed().toList()));
    }

    @Test
    void aScanByIndexAgainstItsOrderIsFollowedFromLeafToLeaf() {
        readTreesOfOneIndex();
        readIndexLeaf(12, 6, 2, 8, 4);
        assertThat(readAhead.approach(1004, PAGES, false)).containsExactly(1008, 1002, 1006);
        assertThat(readIndexLeaf(11, 3, 7, 5)).containsExactly(1005, 1007, 1003);
    }

    @Test
    void aScanByIndexGoesOnAcrossALeafWhoseRowsWereAllInMemory() {
        readTreesOfOneIndex();
        readIndexLeaf(10, 0, 1, 2);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1001, 1002);
        readAhead.read(1000, LEAF, PAGES);
        assertThat(readIndexLeaf(11, 3, 4, 5)).containsExactly(1003, 1004, 1005);
        assertThat(readIndexLeaf(12, 6, 7, 8)).containsExactly(1006, 1007, 1008);
    }

    @Test
    void aScanThatLooksUpItsRowsInAnIndexDoesNotGoWhereThatLeads() {
        schemaOfOneIndex(readAhead);
        List<Long> leaves = LongStream.range(1000, 1127).boxed().toList();
        byte[] root = interior(leaves);
        inMemory.put(3L, root);
        readAhead.read(3, root, PAGES);
        for (long leaf : leaves.subList(0, 25)) {
            readAhead.read(leaf, LEAF, PAGES);
        }
        readIndexLeaf(2, 25, 120, 110);
        assertThat(readAhead.approach(1025, PAGES, true)).doesNotContain(1120, 1110);
    }

    @Test
    void restOfALargeRowIsAskedForTogether() {
        byte[] leaf = leafOfLargeRows(500);
        inMemory.put(50L, leaf);
        readAhead.read(50, leaf, PAGES);
        assertThat(readAhead.approach(500, PAGES, false)).containsExactly(500, 501, 502);
        assertThat(readAhead.approach(700, PAGES, false)).isEmpty();
    }

    @Test
    void aScanAsksForTheRestOfTheLargeRowsOnTheNextLeaves() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 0; i < 300; i++) {
            inMemory.put(leaves.get(i), leafOfLargeRows(90_000 + 3 * i));
        }
        Set<Long> asked = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            readAhead.read(leaves.get(i), leafOfLargeRows(90_000 + 3 * i), PAGES);
            long first = 90_000L + 3L * i;
            assertThat(i < 3 || asked.contains(first)).as("row %d", i).isTrue();
            for (long wanted : readAhead.approach(first, PAGES, asked.contains(first))) {
                asked.add(wanted);
            }
            for (int k = 0; k < 3; k++) {
                readAhead.read(first + k, new byte[PAGE_BYTES], PAGES);
            }
        }
    }

    /** Method: the leaves were asked for with the run, and another reader took them before this one came to them. */
    @Test
    void leavesWithLargeRowsThatAnotherReaderTookAreAskedForAgain() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 0; i < 20; i++) {
            readAhead.read(leaves.get(i), leafOfLargeRows(90_000 + 3 * i), PAGES);
        }
        inMemory.put(leaves.get(19), leafOfLargeRows(90_057));
        assertThat(LongStream.of(readAhead.approach(90_057, PAGES, true))
                        .boxed()
                        .toList())
                .containsAll(leaves.subList(20, 40))
                .doesNotContain(leaves.get(100), leaves.get(299));
    }

    /**
     * Method: pages lie as SQLite makes them, each leaf behind the overflow pages of its row. Another reader took those
     * that this one had asked for, except for the next row; the leaves are still here.
     */
    @ParameterizedTest
    @ValueSource(ints = {29, 50, 106, 183})
    void largeRowsThatAnotherReaderTookAreAskedForManyAtATime(int rows) {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> leaves = LongStream.range(0, 400).mapToObj(i -> 1003 + 4 * i).toList();
        pages.put(77L, interior(leaves));
        for (long leaf : leaves) {
            pages.put(leaf, leafOfLargeRows((int) leaf - 3));
            LongStream.range(leaf - 3, leaf).forEach(pgno -> pages.put(pgno, new byte[PAGE_BYTES]));
        }
        SlowStore store = new SlowStore(pages, 100, 2048);
        store.read(77);
        leaves.subList(0, rows).forEach(leaf -> readLargeRow(store, leaf));
        long next = leaves.get(rows);
        store.drop(pgno -> pgno > next && !leaves.contains(pgno));
        int begin = store.now();
        leaves.subList(rows, 400).forEach(leaf -> readLargeRow(store, leaf));
        int toRead = 4 * (400 - rows);
        assertThat(store.now() - begin).as("time for %d pages", toRead).isLessThan(toRead + 2 * 100);
    }

    private static void readLargeRow(SlowStore store, long leaf) {
        LongStream.of(leaf, leaf - 3, leaf - 2, leaf - 1).forEach(store::read);
    }

    private long[] readIndexLeaf(long pgno, int... rowids) {
        byte[] leaf = indexLeaf(rowids);
        inMemory.put(pgno, leaf);
        return readAhead.read(pgno, leaf, PAGES);
    }

    /**
     * In a large database the lowest interior pages do not come with the open. Method: a table of 30^3 leaves with a
     * row each, whose root and upper interior pages are here; an index leads to 150 of its rows, here and there.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 150})
    void rowsAreFollowedThroughInteriorPagesThatAreNotHere(int rowsOfAKey) {
        Map<Long, byte[]> pages = new HashMap<>();
        List<Long> numbers = scattered(30 * 30 * 30 + 30 * 30 + 30);
        List<Long> leaves = numbers.subList(0, 27_000);
        List<Long> low = numbers.subList(27_000, 27_900);
        List<Long> high = numbers.subList(27_900, 27_930);
        for (int i = 0; i < 900; i++) {
            pages.put(low.get(i), KeyPages.interiorOfTable(leaves.subList(30 * i, 30 * i + 30), 30 * i, 1));
        }
        for (int i = 0; i < 30; i++) {
            pages.put(high.get(i), KeyPages.interiorOfTable(low.subList(30 * i, 30 * i + 30), 900 * i, 30));
        }
        pages.put(3L, KeyPages.interiorOfTable(high, 0, 900));
        int[] rows = new Random(1).ints(150, 0, 27_000).toArray();
        List<byte[]> entries = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            entries.add(KeyPages.record("k" + i / rowsOfAKey, rows[i]));
        }
        pages.put(2L, KeyPages.leaf(entries));
        SlowStore store = new SlowStore(pages, 100, 512);
        schemaOfOneIndex(store.readAhead());
        store.bring(2);
        store.bring(3);
        high.forEach(store::bring);
        store.read(2);
        Set<Long> inSqlite = new HashSet<>();
        for (int row : rows) {
            for (long page : List.of(3L, high.get(row / 900), low.get(row / 30), leaves.get(row))) {
                if (inSqlite.add(page)) {
                    store.read(page);
                }
            }
        }
        assertThat(store.now()).as("time for %d pages", inSqlite.size()).isLessThan(inSqlite.size() + 12 * 100);
    }
}
