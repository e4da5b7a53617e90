package litestream4j.btree;

import static litestream4j.btree.BtreePages.PAGES;
import static litestream4j.btree.KeyPages.entry;
import static litestream4j.btree.KeyPages.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a WITHOUT ROWID table that an index leads to by the table's key. */
class KeyRowsAheadTest {
    private static final long INDEX = 2;
    private static final long TABLE = 3;

    private final Map<Long, byte[]> inMemory = new HashMap<>();
    private final ReadAhead readAhead = new ReadAhead(() -> 64, inMemory::get);

    /** The table has eight leaves, 1000 to 1007, with keys from 10 i + 1 to 10 i + 9, and the others between them. */
    private void readTable(String definition, IntFunction<byte[]> row) {
        readSchema(readAhead, definition);
        inMemory.put(
                TABLE,
                KeyPages.interior(
                        LongStream.range(1000, 1008).boxed().toList(),
                        IntStream.range(1, 8).mapToObj(i -> row.apply(10 * i)).toList()));
    }

    private static void readSchema(ReadAhead readAhead, String definition) {
        readAhead.read(
                1,
                KeyPages.schema(List.of(
                        entry(
                                "table",
                                "t",
                                "t",
                                (int) TABLE,
                                "CREATE TABLE t (%s) WITHOUT ROWID".formatted(definition)),
                        entry("index", "i", "t", (int) INDEX, "CREATE INDEX i ON t (c)"))),
                PAGES);
    }

    private long[] readIndexLeaf(IntFunction<byte[]> entry, int... rows) {
        byte[] leaf = KeyPages.leaf(IntStream.of(rows).mapToObj(entry).toList());
        inMemory.put(INDEX, leaf);
        return readAhead.read(INDEX, leaf, PAGES);
    }

    @Test
    void rowsOfOneKeyAreAskedForTogether() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        readIndexLeaf(i -> record("k", i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1007, 1003, 1004);
        assertThat(readAhead.approach(1007, PAGES, true)).isEmpty();
    }

    @Test
    void rowsOfOtherKeysAreAskedForOnceTheReaderGoesOnToThem() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        readIndexLeaf(i -> record("k" + i, i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).isEmpty();
        assertThat(readAhead.approach(1007, PAGES, false)).containsExactly(1003, 1004);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "blob", "real"})
    void keysOfAllKindsAreUnderstood(String kind) {
        IntFunction<Object> key = switch (kind) {
            case "text" -> i -> "id-%03d".formatted(i);
            case "blob" -> i -> new byte[] {(byte) (100 + i), 0};
            default -> i -> i % 2 == 0 ? (Object) i : (Object) (i + 0.5);
        };
        readTable("id PRIMARY KEY, c", i -> record(key.apply(i), "note"));
        readIndexLeaf(i -> record("k", key.apply(i)), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1007, 1003, 1004);
    }

    @Test
    void keysOfSeveralColumnsOneOfWhichIsInTheIndexAreUnderstood() {
        readTable("b, c, d, PRIMARY KEY (b, c, d)", i -> record(7, "k", i, "note"));
        readIndexLeaf(i -> record("k", 7, i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1007, 1003, 1004);
    }

    @Test
    void descendingKeysAreUnderstood() {
        readTable("id PRIMARY KEY DESC, c", i -> record(100 - i, "note"));
        readIndexLeaf(i -> record("k", 100 - i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1007, 1003, 1004);
    }

    @Test
    void rowInAnInteriorPageThatIsHereIsNotWaitedFor() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        readIndexLeaf(i -> record("k", i), 5, 70, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false))
                .doesNotContain(1006, 1007)
                .endsWith(1003, 1004);
    }

    @Test
    void readerAgainstTheOrderOfTheIndexIsFollowed() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        inMemory.put(1004L, KeyPages.leaf(List.of()));
        readIndexLeaf(i -> record("k", i), 5, 72, 31, 44, 66);
        assertThat(readAhead.approach(1006, PAGES, false)).containsExactly(1004, 1003, 1007, 1000);
    }

    /** Method: the first half of an interior page's cell pointers points out of the page. */
    @Test
    void damagedInteriorPageLeadsNowhere() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        byte[] damaged = Objects.requireNonNull(inMemory.get(TABLE));
        for (int i = 0; i < 5; i++) {
            damaged[12 + 2 * i] = (byte) 0xFF;
        }
        readIndexLeaf(i -> record("k", i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1007, PAGES, false)).isEmpty();
    }

    @Test
    void keyThatGoesOnInAnOverflowPageLeadsNowhere() {
        readTable("id PRIMARY KEY, c", i -> record(i, "note"));
        readIndexLeaf(i -> record("k" + "x".repeat(i == 72 ? 1100 : 10), i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).isEmpty();
        assertThat(readAhead.approach(1003, PAGES, false)).containsExactly(1004);
    }

    @Test
    void rowsThatGoOnInOverflowPagesAreFoundByTheirKeys() {
        readTable("id PRIMARY KEY, c", i -> record(i, "x".repeat(3000)));
        readIndexLeaf(i -> record("k", i), 5, 72, 31, 44);
        assertThat(readAhead.approach(1000, PAGES, false)).containsExactly(1007, 1003, 1004);
    }

    /**
     * A table of 5^6 rows whose interior pages have five children each, as where rows are wide; those of the upper
     * three heights are here. An index of several leaves leads to 500 of its rows, here and there.
     */
    @ParameterizedTest
    @CsvSource({"1, 500", "1, 20", "20, 500"})
    void rowsAreFollowedThroughInteriorPagesThatAreNotHere(int rowsOfAKey, int count) {
        Tree tree = new Tree(6);
        SlowStore store = new SlowStore(tree.pages, 100, 512);
        tree.pages.put(1L, schemaPage());
        List<Integer> rows = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            rows.add(random.nextInt(tree.rows));
        }
        List<List<Integer>> leaves = new ArrayList<>();
        for (int from = 0; from < count; from += 120) {
            leaves.add(rows.subList(from, Math.min(count, from + 120)));
        }
        int number = 0;
        for (int leaf = 0; leaf < leaves.size(); leaf++) {
            List<byte[]> entries = new ArrayList<>();
            for (int row : leaves.get(leaf)) {
                entries.add(record(number++ / rowsOfAKey, row));
            }
            tree.pages.put(50L + leaf, KeyPages.leaf(entries));
        }
        List<Long> children = LongStream.range(50, 50 + 5).boxed().toList();
        tree.pages.put(INDEX, KeyPages.interior(children, List.of(record(0), record(0), record(0), record(0))));
        tree.upper(3).forEach(store::bring);
        store.bring(1);
        store.bring(INDEX);
        store.read(1);
        store.read(INDEX);
        long begin = store.now();
        int read = 0;
        boolean[] here = new boolean[(int) PAGES];
        for (int leaf = 0; leaf < leaves.size(); leaf++) {
            store.read(50 + leaf);
            read++;
            for (int row : leaves.get(leaf)) {
                for (long page : tree.way(row)) {
                    if (!here[(int) page]) { // Else it is in SQLite's cache.
                        here[(int) page] = true;
                        store.read(page);
                        read++;
                    }
                }
            }
        }
        int trips = count == 20 ? 16 : 40;
        assertThat(store.now() - begin).as("time for %d pages", read).isLessThan(read + trips * 100L);
    }

    private static byte[] schemaPage() {
        return KeyPages.schema(List.of(
                entry("table", "t", "t", (int) TABLE, "CREATE TABLE t (id PRIMARY KEY, c) WITHOUT ROWID"),
                entry("index", "i", "t", (int) INDEX, "CREATE INDEX i ON t (c)")));
    }

    /** A table with five children and four rows in each interior page, and a row in each leaf. */
    private static final class Tree {
        final Map<Long, byte[]> pages = new HashMap<>();
        final int heights;
        int rows;
        private long next = 1000;
        private final List<List<Long>> ways = new ArrayList<>();
        private final Map<Integer, List<Long>> byHeight = new HashMap<>();

        Tree(int heights) {
            this.heights = heights;
            make(TABLE, 0, List.of());
        }

        private void make(long pgno, int depth, List<Long> above) {
            byHeight.computeIfAbsent(depth, d -> new ArrayList<>()).add(pgno);
            List<Long> way = new ArrayList<>(above);
            way.add(pgno);
            if (depth == heights) {
                pages.put(pgno, KeyPages.leaf(List.of(row(way))));
                return;
            }
            List<Long> children = new ArrayList<>();
            List<byte[]> between = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                long child = next++ * 7919 % 80_000 + 10_000; // Neighbours lie apart.
                children.add(child);
                make(child, depth + 1, way);
                if (i < 4) {
                    between.add(row(way));
                }
            }
            pages.put(pgno, KeyPages.interior(children, between));
        }

        private byte[] row(List<Long> way) {
            ways.add(way);
            return record(rows++, "note");
        }

        List<Long> way(int row) {
            return ways.get(row);
        }

        List<Long> upper(int count) {
            return IntStream.range(0, count)
                    .mapToObj(byHeight::get)
                    .flatMap(List::stream)
                    .toList();
        }
    }

    /** Goal: no damage to pages makes it fail, go round for ever, or ask for a page that is none. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void damagedPagesAreHarmless() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        Tree tree = new Tree(2);
        List<Long> numbers = List.copyOf(tree.pages.keySet());
        for (int i = 0; i < 2000; i++) {
            Map<Long, byte[]> damaged = new HashMap<>();
            tree.pages.forEach((pgno, page) -> damaged.put(pgno, damaged(page, random)));
            ReadAhead fresh = new ReadAhead(() -> 64, damaged::get);
            fresh.read(1, schemaPage(), PAGES);
            byte[] leaf = KeyPages.leaf(IntStream.range(0, 50)
                    .mapToObj(k -> record("k" + k / 5, random.nextInt(tree.rows)))
                    .toList());
            byte[] damagedLeaf = damaged(leaf, random);
            damaged.put(INDEX, damagedLeaf);
            fresh.read(INDEX, damagedLeaf, PAGES);
            for (int k = 0; k < 20; k++) {
                long pgno = numbers.get(random.nextInt(numbers.size()));
                for (long wanted : fresh.approach(pgno, PAGES, random.nextBoolean())) {
                    assertThat(wanted).as("seed=%d", seed).isPositive();
                }
                fresh.read(pgno, Objects.requireNonNull(damaged.get(pgno)), PAGES);
            }
        }
    }

    private static byte[] damaged(byte[] page, Random random) {
        byte[] copy = page.clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            // Header and cell pointers at the beginning, cells at the end.
            int at = random.nextBoolean() ? random.nextInt(30) : copy.length - 1 - random.nextInt(400);
            copy[at] = (byte) random.nextInt();
        }
        return copy;
    }
}
