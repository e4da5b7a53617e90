package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int PAGE_BYTES = 4096;
    private static final long PAGES = 100_000;
    private static final byte[] LEAF = new byte[PAGE_BYTES];

    static {
        LEAF[0] = 13;
    }

    private final ReadAhead readAhead = new ReadAhead(64);
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
    void scatteredLookupsFetchNothingAhead() {
        List<Long> leaves = scattered(300);
        readAhead.read(77, interior(leaves), PAGES);
        for (int i = 0; i < 300; i += 7) {
            assertThat(readAhead.read(leaves.get(i), LEAF, PAGES)).isEmpty();
        }
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
    void nothingIsFetchedAheadWhenSwitchedOff() {
        ReadAhead off = new ReadAhead(0);
        for (long pgno = 1; pgno < 100; pgno++) {
            assertThat(off.read(pgno, LEAF, PAGES)).isEmpty();
        }
    }

    /** Goal: no page content, however hostile, makes it fail or ask for a page that is not there. */
    @Test
    void anyPageContentIsHarmless() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] page = new byte[512 << random.nextInt(8)];
            random.nextBytes(page);
            page[0] = (byte) (random.nextBoolean() ? 5 : 2);
            Arrays.fill(page, 3, 4, (byte) random.nextInt(2));
            long pages = 1L + random.nextInt(1000);
            long pgno = 1 + random.nextLong(pages);
            for (long wanted : readAhead.read(pgno, page, pages)) {
                assertThat(wanted).as("seed=%d", seed).isPositive();
            }
        }
    }

    private void remember(long[] wanted) {
        for (long pgno : wanted) {
            asked.add(pgno);
        }
    }

    private static List<Long> scattered(int count) {
        Random random = new Random(count);
        Set<Long> pages = new HashSet<>();
        while (pages.size() < count) {
            pages.add(2 * (100 + random.nextLong(40_000)));
        }
        List<Long> shuffled = new ArrayList<>(pages);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** An interior table page: header, cell pointers, cells of child and key from the end, right-most child. */
    private static byte[] interior(List<Long> children) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        int cells = children.size() - 1;
        page.put(0, (byte) 5).putShort(3, (short) cells);
        page.putInt(8, children.getLast().intValue());
        for (int i = 0; i < cells; i++) {
            int at = PAGE_BYTES - 6 * (i + 1);
            page.putShort(12 + 2 * i, (short) at).putInt(at, children.get(i).intValue());
        }
        return page.array();
    }
}
