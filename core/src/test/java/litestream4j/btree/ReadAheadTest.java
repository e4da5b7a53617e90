package litestream4j.btree;

import static litestream4j.btree.BtreePages.LEAF;
import static litestream4j.btree.BtreePages.PAGES;
import static litestream4j.btree.BtreePages.interior;
import static litestream4j.btree.BtreePages.scattered;
import static litestream4j.btree.BtreePages.schemaOfOneIndex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadAheadTest {
    private final Map<Long, byte[]> inMemory = new HashMap<>();
    private final ReadAhead readAhead = new ReadAhead(() -> 64, inMemory::get);
    private final Set<Long> asked = new HashSet<>();

    @Test
    void pagesThatFollowEachOtherAreFetchedAheadInGrowingBatches() {
        List<Integer> batches = new ArrayList<>();
        for (long pgno = 1000; pgno < 1400; pgno++) {
            long[] wanted = readAhead.read(pgno, LEAF, PAGES);
            if (wanted.length > 0) {
                batches.add(wanted.length);
            }
            remember(wanted);
        }
        assertThat(batches.getFirst()).isEqualTo(ReadAhead.WINDOW_MIN);
        assertThat(Collections.max(batches)).isLessThanOrEqualTo(64);
        for (long pgno = 1002; pgno < 1400; pgno++) {
            assertThat(asked).contains(pgno);
        }
    }

    @Test
    void aScanIsFollowedThroughTheChildrenOfInteriorPagesWhereverTheyLie() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (long leaf : leaves) {
            remember(readAhead.read(leaf, LEAF, PAGES));
        }
        assertThat(asked).containsAll(leaves.subList(2, leaves.size())).isSubsetOf(new HashSet<>(leaves));
    }

    /** Rows of one key, say: what lies between costs more than the wait that it saves. */
    @Test
    void farStepsWithinWhatWasAskedForAreNoScan() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 0; i < 300; i += 20) {
            remember(readAhead.read(leaves.get(i), LEAF, PAGES));
        }
        assertThat(asked).hasSizeLessThanOrEqualTo(ReadAhead.WINDOW_FROM_EDGE);
    }

    @Test
    void aScanGoesOnAcrossTheBordersOfInteriorPages() {
        int count = 150; // More than are remembered.
        List<Long> leaves = scattered(300 * count);
        List<Long> parents =
                LongStream.range(0, count).mapToObj(i -> 90_000L + i).toList();
        readAhead.read(60_000, interior(parents), PAGES);
        for (int i = 0; i < count; i++) {
            List<Long> children = leaves.subList(300 * i, 300 * i + 300);
            remember(readAhead.read(parents.get(i), interior(children), PAGES));
            for (int k = 0; k < 300; k++) {
                assertThat(asked.contains(children.get(k)) || (i == 0 && k == 0))
                        .as("child %d of parent %d is asked for before it is read", k, i)
                        .isTrue();
                remember(readAhead.read(children.get(k), LEAF, PAGES));
                if (k == 290 && i < count - 1) {
                    assertThat(asked).contains(parents.get(i + 1));
                    inMemory.put(parents.get(i + 1), interior(leaves.subList(300 * i + 300, 300 * i + 600)));
                }
            }
        }
    }

    @Test
    void aScanAgainstTheKeysIsFollowedAsWell() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 250; i >= 0; i--) {
            remember(readAhead.read(leaves.get(i), LEAF, PAGES));
        }
        assertThat(asked).containsAll(leaves.subList(0, 249)).isSubsetOf(new HashSet<>(leaves.subList(0, 250)));
    }

    @Test
    void noPageOfARunIsAskedForTwice() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        List<Long> all = new ArrayList<>();
        for (long leaf : leaves) {
            for (long wanted : readAhead.read(leaf, LEAF, PAGES)) {
                all.add(wanted);
            }
        }
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void firstLeafOfAScanComesTogetherWithThoseBehindIt() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        long[] wanted = readAhead.approach(leaves.getFirst(), PAGES, false);
        assertThat(wanted).hasSize(1 + ReadAhead.WINDOW_FROM_EDGE).contains(leaves.get(0), leaves.get(32));
        assertThat(readAhead.read(leaves.getFirst(), LEAF, PAGES)).isEmpty();
    }

    @Test
    void whatIsGoneWhenTheReaderComesToItIsAskedForAgainWithWhatIsBehindIt() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (long leaf : leaves.subList(0, 50)) {
            remember(readAhead.read(leaf, LEAF, PAGES));
        }
        assertThat(asked).containsAll(leaves.subList(50, 60));
        assertThat(readAhead.approach(leaves.get(50), PAGES, true)).isEmpty();
        readAhead.read(leaves.get(50), LEAF, PAGES);
        assertThat(readAhead.approach(leaves.get(51), PAGES, false))
                .contains(leaves.get(51), leaves.get(52), leaves.get(60))
                .doesNotContain(leaves.get(50));
    }

    @Test
    void whatIsGoneOfARunByNumberIsAskedForAgain() {
        for (long pgno = 1000; pgno < 1100; pgno++) {
            remember(readAhead.read(pgno, LEAF, PAGES));
        }
        assertThat(asked).contains(1101L);
        readAhead.approach(1100, PAGES, false);
        assertThat(readAhead.read(1100, LEAF, PAGES)).contains(1101, 1102, 1110);
    }

    @Test
    void whatIsAskedForAgainIsNoMoreThanThereIsRoomFor() {
        ReadAhead sharing = new ReadAhead(() -> 8, inMemory::get);
        List<Long> leaves = scattered(300);
        sharing.read(77, interior(leaves), PAGES);
        for (long leaf : leaves.subList(0, 100)) {
            assertThat(sharing.approach(leaf, PAGES, false)).hasSizeLessThanOrEqualTo(1 + 8);
            sharing.read(leaf, LEAF, PAGES);
        }
    }

    /** Who asks for the newest rows goes on to the last leaf, and what is behind him is not what he wants next. */
    @Test
    void readerThatGoesOnToTheLastLeafIsNoScanBackwards() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        readAhead.read(leaves.get(298), LEAF, PAGES);
        assertThat(readAhead.read(leaves.get(299), LEAF, PAGES)).isEmpty();
        readAhead.read(leaves.get(1), LEAF, PAGES);
        assertThat(readAhead.read(leaves.get(0), LEAF, PAGES)).isEmpty();
    }

    @Test
    void leafInTheMiddleComesAlone() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        assertThat(readAhead.approach(leaves.get(100), PAGES, false)).isEmpty();
    }

    @Test
    void scatteredLookupsFetchNothingAhead() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 3; i < 297; i += 7) {
            assertThat(readAhead.read(leaves.get(i), LEAF, PAGES)).isEmpty();
        }
    }

    /** Method: a hundred times so many neighbours are read at a random place of a table of 40 interior pages. */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 3", "4, 6", "8, 16"})
    void queriesThatStopEarlySoonFetchLittleMoreThanTheyRead(int reads, int aheadOfEach) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Long> leaves = scattered(40 * 100);
        int ahead = 0;
        for (int query = 0; query < 100; query++) {
            int page = random.nextInt(40);
            List<Long> children = leaves.subList(100 * page, 100 * page + 100);
            readAhead.read(90_000 + page, interior(children), PAGES);
            int from = 1 + random.nextInt(98 - reads);
            for (int i = 0; i < reads; i++) {
                int wanted = readAhead.read(children.get(from + i), LEAF, PAGES).length;
                ahead += query < 10 ? 0 : wanted;
            }
        }
        assertThat(ahead).as("seed=%d", seed).isLessThanOrEqualTo(90 * (aheadOfEach + 1));
    }

    @Test
    void firstRowsOfManyTablesFetchLessAndLessAhead() {
        List<Long> leaves = scattered(10 * 100);
        List<Integer> ahead = new ArrayList<>();
        for (int table = 0; table < 10; table++) {
            List<Long> children = leaves.subList(100 * table, 100 * table + 100);
            readAhead.read(90_000 + table, interior(children), PAGES);
            ahead.add(readAhead.read(children.getFirst(), LEAF, PAGES).length);
        }
        assertThat(ahead).containsExactly(32, 32, 16, 8, 4, 4, 4, 4, 4, 4);
    }

    @Test
    void aScanAfterManyShortQueriesIsSoonAtFullSpeed() {
        ReadAhead scanned = new ReadAhead(() -> 256, inMemory::get);
        List<Long> leaves = scattered(3000);
        for (int table = 0; table < 20; table++) {
            List<Long> children = leaves.subList(100 * table, 100 * table + 100);
            scanned.read(90_000 + table, interior(children), PAGES);
            scanned.read(children.getFirst(), LEAF, PAGES);
        }
        List<Long> children = leaves.subList(2400, 2900);
        scanned.read(80_000, interior(children), PAGES);
        List<Integer> batches = new ArrayList<>();
        for (long leaf : children) {
            int wanted = scanned.read(leaf, LEAF, PAGES).length;
            if (wanted > 0) {
                batches.add(wanted);
            }
        }
        assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(499);
        assertThat(batches.subList(0, 8)).as("%s", batches).anyMatch(batch -> batch >= 64);
        assertThat(batches).hasSizeLessThan(14);
    }

    /** Rows of one key lie far apart, and those of the next key beside them. */
    @Test
    void aScanIsAtFullSpeedAfterAQueryByIndexThatWentFromPageToPage() {
        List<Long> leaves = scattered(20 * 100);
        for (int key = 0; key < 10; key++) {
            for (int table = 0; table < 20; table++) {
                List<Long> children = leaves.subList(100 * table, 100 * table + 100);
                readAhead.read(90_000 + table, interior(children), PAGES);
                readAhead.read(children.get(20 + key), LEAF, PAGES);
            }
        }
        List<Long> scanned = scattered(300);
        readAhead.read(77, interior(scanned), PAGES);
        assertThat(readAhead.approach(scanned.getFirst(), PAGES, false)).hasSize(1 + ReadAhead.WINDOW_FROM_EDGE);
    }

    @Test
    void aScanFromTheFirstRowBeginsAsOneAlsoAfterLookupsInTheSamePage() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        readAhead.read(leaves.get(0), LEAF, PAGES);
        readAhead.read(leaves.get(150), LEAF, PAGES);
        readAhead.read(leaves.get(40), LEAF, PAGES);
        assertThat(readAhead.read(leaves.get(0), LEAF, PAGES)).hasSize(ReadAhead.WINDOW_FROM_EDGE);
    }

    @Test
    void nothingBeyondTheEndIsAskedFor() {
        for (long pgno = 1; pgno <= 50; pgno++) {
            for (long wanted : readAhead.read(pgno, LEAF, 50)) {
                assertThat(wanted).isBetween(1L, 50L);
            }
        }
    }

    @Test
    void aBatchIsNoLargerThanTheRoomThatThereIsByThen() {
        int[] room = {64};
        ReadAhead sharing = new ReadAhead(() -> room[0], inMemory::get);
        List<Long> leaves = scattered(300);
        sharing.read(77, interior(leaves), PAGES);
        int ahead = 0;
        for (long leaf : leaves.subList(0, 100)) {
            ahead += sharing.read(leaf, LEAF, PAGES).length - 1;
        }
        assertThat(ahead).isBetween(32, 64);
        room[0] = 8;
        for (long leaf : leaves.subList(100, 200)) {
            ahead += sharing.read(leaf, LEAF, PAGES).length - 1;
        }
        assertThat(ahead).isBetween(1, 8);
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pagesThatWereEachOthersParentInTwoViewsDoNotSendItRoundForEver() {
        readAhead.read(50, interior(List.of(60L, 61L)), PAGES);
        readAhead.read(60, interior(List.of(50L, 70L)), PAGES);
        assertThat(readAhead.read(50, LEAF, PAGES)).hasSizeLessThan(5);
    }

    /** Goal: no page content, however hostile, makes it fail or ask for a page that is not there. */
    @Test
    void anyPageContentIsHarmless() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] kinds = {2, 5, 10, 13};
        ReadAhead fresh = new ReadAhead(() -> 64, inMemory::get);
        for (int i = 0; i < 20_000; i++) {
            if (i % 100 == 0) {
                fresh = new ReadAhead(() -> 64, inMemory::get);
                inMemory.clear();
                schemaOfOneIndex(fresh);
            }
            byte[] page = new byte[512 << random.nextInt(8)];
            random.nextBytes(page);
            long pages = 1L + random.nextInt(20);
            long pgno = 1 + random.nextLong(pages);
            int header = pgno == 1 ? 100 : 0;
            page[header] = kinds[random.nextInt(kinds.length)];
            Arrays.fill(page, header + 3, header + 4, (byte) random.nextInt(2));
            inMemory.put(pgno, page);
            for (long wanted : fresh.read(pgno, page, pages)) {
                assertThat(wanted).as("seed=%d", seed).isPositive();
            }
            for (long wanted : fresh.approach(1 + random.nextLong(pages), pages, random.nextBoolean())) {
                assertThat(wanted).as("seed=%d", seed).isPositive();
            }
        }
    }

    private void remember(long[] wanted) {
        for (long pgno : wanted) {
            asked.add(pgno);
        }
    }
}
