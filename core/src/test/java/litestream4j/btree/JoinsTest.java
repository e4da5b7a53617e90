package litestream4j.btree;

import static litestream4j.btree.BtreePages.PAGES;
import static litestream4j.btree.BtreePages.indexLeaf;
import static litestream4j.btree.BtreePages.interior;
import static litestream4j.btree.BtreePages.leafOfRows;
import static litestream4j.btree.BtreePages.schemaOfTwoTables;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Look-ups of joins: of table a on page 3, whose leaves from page 1000 on have ten rows each, a column says a row of
 * table b on page 4, whose leaves are from page 2000 on and have ten rows as well.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // An endless loop hears of no interrupt.
class JoinsTest {
    private static final int ROWS_OF_LEAF = 10;
    private static final int LEAVES_OF_A = 40;
    private static final int LEAVES_OF_B = 400;

    private final Map<Long, byte[]> inMemory = new HashMap<>();
    private final byte[] glimpse = new byte[BtreePages.PAGE_BYTES];
    private final ReadAhead readAhead = new ReadAhead(() -> 64, this::peek);

    /** The rows of b that those of a say. */
    private final int[] refers;

    JoinsTest() {
        Random random = new Random(11);
        refers = IntStream.range(0, LEAVES_OF_A * ROWS_OF_LEAF)
                .map(row -> 1 + ROWS_OF_LEAF + random.nextInt((LEAVES_OF_B - 2) * ROWS_OF_LEAF))
                .toArray();
        schemaOfTwoTables(readAhead);
        read(3, interior(LongStream.range(1000, 1000 + LEAVES_OF_A).boxed().toList(), ROWS_OF_LEAF));
        read(4, rootOfB());
    }

    /** The array is that of the next page as well, as in the engine. */
    private byte @Nullable [] peek(long pgno) {
        byte[] page = inMemory.get(pgno);
        if (page == null) {
            return null;
        }
        System.arraycopy(page, 0, glimpse, 0, page.length);
        return glimpse;
    }

    private static byte[] rootOfB() {
        return interior(LongStream.range(2000, 2000 + LEAVES_OF_B).boxed().toList(), ROWS_OF_LEAF);
    }

    private void read(long pgno, byte[] page) {
        inMemory.put(pgno, page);
        readAhead.read(pgno, page, PAGES);
    }

    private byte[] leafOfA(int leaf) {
        int[] values = IntStream.range(leaf * ROWS_OF_LEAF, (leaf + 1) * ROWS_OF_LEAF)
                .map(row -> refers[row])
                .toArray();
        return leafOfRows(1 + leaf * ROWS_OF_LEAF, values);
    }

    /** Returns the page of b that a row of a says, counted from 0. */
    private long pageOf(int row) {
        return 2000L + (refers[row] - 1) / ROWS_OF_LEAF;
    }

    private Long[] pagesOf(int from, int to) {
        return IntStream.range(from, to).mapToObj(this::pageOf).toArray(Long[]::new);
    }

    private long[] lookUp(int row, boolean isComing) {
        long[] wanted = readAhead.approach(pageOf(row), PAGES, isComing);
        read(pageOf(row), leafOfRows(1 + (int) (pageOf(row) - 2000) * ROWS_OF_LEAF, new int[ROWS_OF_LEAF]));
        return wanted;
    }

    @Test
    void whatTheOtherRowsOfALeafReferToIsAskedForAfterTwoLookups() {
        read(1005, leafOfA(5));
        assertThat(lookUp(50, false)).isEmpty();
        assertThat(lookUp(51, false)).isEmpty();
        assertThat(lookUp(52, false)).contains(pagesOf(53, 60));
    }

    @Test
    void aJoinThatIsKnownIsFollowedOnTheNextLeafAtOnce() {
        read(1005, leafOfA(5));
        for (int row = 50; row < 60; row++) {
            lookUp(row, row > 52);
        }
        read(1020, leafOfA(20));
        assertThat(lookUp(200, false)).contains(pagesOf(201, 208));
    }

    @Test
    void againstTheOrderOfRowsThoseBeforeAreAskedFor() {
        read(1005, leafOfA(5));
        Set<Long> asked = new HashSet<>();
        int waits = 0;
        for (int row = 59; row >= 50; row--) {
            boolean isComing = asked.contains(pageOf(row));
            waits += isComing ? 0 : 1;
            for (long page : lookUp(row, isComing)) {
                asked.add(page);
            }
        }
        assertThat(waits).isLessThanOrEqualTo(4);
    }

    /** What is learnt by chance would cost a request with each of these. */
    @Test
    void lookupsOfWhatNoRowRefersToTeachNothing() {
        read(1005, leafOfA(5));
        Random random = new Random(5);
        for (int i = 0; i < 15; i++) {
            long pgno = 2010L + random.nextInt(LEAVES_OF_B - 20);
            boolean isReferredTo =
                    LongStream.of(50, 51, 52, 53, 54, 55, 56, 57, 58, 59).anyMatch(row -> pageOf((int) row) == pgno);
            if (!isReferredTo) {
                assertThat(readAhead.approach(pgno, PAGES, false)).isEmpty();
            }
        }
    }

    @Test
    void rowsThatAnIndexLeadsToAreFollowedInItsOrder() {
        byte[] index = interior(List.of(10L, 11L));
        index[0] = 2;
        read(2, index);
        int[] order = {120, 31, 77, 64, 9, 101, 50, 88, 23, 42};
        read(10, indexLeaf(order));
        for (int rowid : order) {
            int leaf = (rowid - 1) / ROWS_OF_LEAF;
            inMemory.put(1000L + leaf, leafOfA(leaf));
        }
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int leaf = (order[i] - 1) / ROWS_OF_LEAF;
            readAhead.approach(1000 + leaf, PAGES, false);
            read(1000 + leaf, leafOfA(leaf));
            for (long page : lookUp(order[i] - 1, false)) {
                asked.add(page);
            }
        }
        assertThat(asked).contains(pageOf(order[5] - 1), pageOf(order[6] - 1), pageOf(order[9] - 1));
    }

    /** Leaves without rows, each of which is named twice: who goes from one to the next comes to them again. */
    @Test
    void leavesThatLeadInACircleAreLeft() {
        List<Long> circle = LongStream.range(0, LEAVES_OF_A)
                .map(i -> 1000 + (i + 1) / 2)
                .boxed()
                .toList();
        read(3, interior(circle, ROWS_OF_LEAF));
        for (int i = 0; i < LEAVES_OF_A / 2; i++) {
            read(1000 + i, leafOfRows(1));
        }
        read(1000, leafOfA(0));
        for (int row = 0; row < ROWS_OF_LEAF; row++) {
            lookUp(row, row > 2);
        }
        assertThat(inMemory).containsKey(pageOf(ROWS_OF_LEAF - 1));
    }

    /** Whatever is read, in whatever order, with whatever in it: a guess may be wrong, and must not fail. */
    @Test
    void damagedPagesAreHarmless() {
        long seed = Long.getLong("test.seed", 17);
        Random random = new Random(seed);
        int ahead = 0;
        for (int round = 0; round < 200; round++) {
            JoinsTest other = new JoinsTest();
            other.read(1005, leafOfA(5));
            for (int row = 50; row < 54; row++) {
                ahead += other.lookUp(row, false).length;
            }
            for (int step = 0; step < 60; step++) {
                int leaf = random.nextInt(LEAVES_OF_A);
                other.readDamaged(1000 + leaf, leafOfA(leaf), random);
                switch (random.nextInt(20)) {
                    case 0 -> other.readDamaged(4, rootOfB(), random);
                    case 1 -> other.readDamaged(3, rootOfB(), random);
                    case 2 -> other.readDamaged(pageOf(leaf), leafOfA(leaf), random);
                    case 3 -> other.readDamaged(2, indexLeaf(1, 5, 9, leaf), random);
                    default -> {
                        // Most are whole, or no join would be known for long.
                    }
                }
                for (int row = leaf * ROWS_OF_LEAF; row < leaf * ROWS_OF_LEAF + random.nextInt(ROWS_OF_LEAF); row++) {
                    int looked = row;
                    assertThatCode(() -> other.lookUp(looked, random.nextBoolean()))
                            .as("seed %d, round %d", seed, round)
                            .doesNotThrowAnyException();
                }
            }
        }
        assertThat(ahead).isGreaterThan(200);
    }

    private void readDamaged(long pgno, byte[] page, Random random) {
        for (int k = random.nextInt(12); k > 0; k--) {
            int at = random.nextBoolean() ? random.nextInt(60) : random.nextInt(page.length);
            page[at] = (byte) random.nextInt(256);
        }
        read(pgno, page);
    }
}
