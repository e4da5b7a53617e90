package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goal: the cache never gives another page than the one asked for, keeps its budget, and what is used. */
class PageCacheTest {
    private static final int PAGE_BYTES = 512;

    private final PageBuffers buffers = new PageBuffers();

    /**
     * Property: a page found is the page that was put. Method: random gets and puts over more keys than there is room
     * for, in caches of all sizes, the hits counted so that the test is not about an empty cache.
     */
    @Test
    void pageFoundIsThePageThatWasPut() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 60; run++) {
            PageCache cache = new PageCache(random.nextLong(600_000), PAGE_BYTES, buffers);
            int hits = 0;
            for (int i = 0; i < 20_000; i++) {
                long key = randomKey(random);
                byte[] page = get(cache, key);
                if (page == null) {
                    cache.put(key, pageOf(key));
                } else {
                    hits++;
                    assertThat(ByteBuffer.wrap(page).getLong())
                            .as("seed=%d run=%d", seed, run)
                            .isEqualTo(key);
                }
            }
            assertThat(hits).as("hits, seed=%d run=%d", seed, run).isPositive();
        }
    }

    private static long randomKey(Random random) {
        // Few pages are asked for often, of several files; page numbers of both ends of their range.
        long pgno = (long) Math.abs(random.nextGaussian() * 300) + 1;
        return PageCache.key(random.nextInt(4), random.nextInt(8) == 0 ? 0xFFFF_FFFFL - pgno : pgno);
    }

    @Test
    void filesAndPagesHaveNamesOfTheirOwn() {
        assertThat(PageCache.key(1, 2)).isNotEqualTo(PageCache.key(2, 1));
        assertThat(PageCache.key(1, 0xFFFF_FFFFL)).isNotEqualTo(PageCache.key(2, 0xFFFF_FFFFL));
        assertThat(PageCache.key(0, 0xFFFF_FFFFL)).isNotEqualTo(PageCache.key(-1, 0xFFFF_FFFFL));
    }

    @Test
    void budgetIsKept() {
        for (long budget : new long[] {2_000, 100_000, 1_000_000, 10_000_000}) {
            PageCache cache = new PageCache(budget, PAGE_BYTES, buffers);
            for (long pgno = 1; pgno < 40_000; pgno++) {
                cache.put(PageCache.key(1, pgno), pageOf(pgno));
            }
            assertThat(cache.bytes()).isBetween(budget * 3 / 5, budget);
        }
    }

    @Test
    void clearedCacheHoldsNothingAndKeepsPagesAgain() {
        PageCache cache = new PageCache(100_000, PAGE_BYTES, buffers);
        for (int round = 0; round < 3; round++) {
            long empty = cache.bytes();
            for (long pgno = 1; pgno <= 1_000; pgno++) {
                demand(cache, pgno);
            }
            demand(cache, 1_000);
            assertThat(get(cache, PageCache.key(1, 1_000))).isEqualTo(pageOf(PageCache.key(1, 1_000)));
            assertThat(cache.bytes()).isGreaterThan(empty + 50_000);
            cache.clear();
            for (long pgno = 1; pgno <= 1_000; pgno++) {
                assertThat(cache.contains(PageCache.key(1, pgno))).isFalse();
            }
            assertThat(cache.bytes()).as("tables only").isLessThan(15_000);
        }
    }

    /** A budget of 4 GB does not mean that a database of 4 GB is read. */
    @Test
    void budgetThatIsNotUsedTakesNoMemory() {
        PageCache cache = new PageCache(4L << 30, PAGE_BYTES, buffers);
        assertThat(cache.bytes()).isLessThan(10_000);
        for (long pgno = 1; pgno <= 10_000; pgno++) {
            demand(cache, pgno);
        }
        assertThat(cache.bytes()).isBetween(10_000L * PAGE_BYTES, 10_000L * PAGE_BYTES * 5 / 4);
        for (long pgno = 1; pgno <= 10_000; pgno++) {
            assertThat(cache.contains(PageCache.key(1, pgno))).isTrue();
        }
    }

    @Test
    void cacheWithoutABudgetKeepsOnePage() {
        PageCache cache = new PageCache(0, PAGE_BYTES, buffers);
        cache.put(1, pageOf(1));
        cache.put(2, pageOf(2));
        assertThat(get(cache, 1)).isNull();
        assertThat(get(cache, 2)).isNotNull();
    }

    @Test
    void scanOfALargeTableLeavesTheHotPages() {
        PageCache cache = new PageCache(1_000_000, PAGE_BYTES, buffers);
        for (int round = 0; round < 3; round++) {
            for (long pgno = 1; pgno <= 200; pgno++) {
                demand(cache, pgno);
            }
        }
        for (long pgno = 1_000; pgno < 20_000; pgno++) {
            demand(cache, pgno);
        }
        long kept = 0;
        for (long pgno = 1; pgno <= 200; pgno++) {
            kept += cache.contains(PageCache.key(1, pgno)) ? 1 : 0;
        }
        assertThat(kept).isGreaterThan(180);
    }

    /** A scan that finds pages of an earlier query in memory has not asked for them, and comes to them much later. */
    @Test
    void pagesThatAScanComesToLaterStay() {
        PageCache cache = new PageCache(500_000, PAGE_BYTES, buffers);
        for (long pgno = 1; pgno <= 2_000; pgno++) {
            demand(cache, pgno);
        }
        for (long pgno = 1_900; pgno <= 2_000; pgno++) {
            cache.put(PageCache.key(2, pgno), pageOf(pgno));
        }
        for (long pgno = 1_900; pgno < 1_950; pgno++) {
            assertThat(cache.reserve(PageCache.key(2, pgno))).isTrue();
        }
        assertThat(cache.reserve(PageCache.key(2, 1))).isFalse();
        for (long pgno = 3_000; pgno < 4_000; pgno++) {
            demand(cache, pgno);
        }
        for (long pgno = 1_900; pgno <= 2_000; pgno++) {
            assertThat(cache.contains(PageCache.key(2, pgno))).as("%d", pgno).isEqualTo(pgno < 1_950);
        }
    }

    @Test
    void pagesThatScansComeToStayUntilTheLastOneWasThere() {
        PageCache cache = new PageCache(500_000, PAGE_BYTES, buffers);
        demand(cache, 1, 2_000);
        for (long pgno = 5_000; pgno < 5_100; pgno++) {
            demand(cache, pgno);
            for (int scan = 0; scan < (pgno < 5_050 ? 3 : 2); scan++) {
                cache.reserve(PageCache.key(1, pgno));
            }
        }
        for (int scan = 0; scan < 2; scan++) {
            demand(cache, 10_000 + 1_000L * scan, 1_000);
            for (long pgno = 5_000; pgno < 5_100; pgno++) {
                assertThat(get(cache, PageCache.key(1, pgno)))
                        .as("scan %d, page %d", scan, pgno)
                        .isNotNull();
            }
        }
        // Pages that are used twice, so that they push out others which were kept.
        for (long pgno = 20_000; pgno < 21_100; pgno++) {
            demand(cache, pgno);
            demand(cache, pgno);
        }
        for (long pgno = 5_000; pgno < 5_100; pgno++) {
            assertThat(cache.contains(PageCache.key(1, pgno))).as("%d", pgno).isEqualTo(pgno < 5_050);
        }
    }

    /** Queries with a LIMIT ask for more than they read, and would keep out what is read again and again. */
    @Test
    void pagesThatScansNeverComeToGoHoweverManyWereExpected() {
        PageCache cache = new PageCache(500_000, PAGE_BYTES, buffers);
        for (long pgno = 1; pgno <= 500; pgno++) {
            demand(cache, pgno);
            for (int scan = 0; scan < 8; scan++) {
                cache.reserve(PageCache.key(1, pgno));
            }
        }
        for (int round = 0; round < 3; round++) {
            for (long pgno = 10_000 + 1_000L * round; pgno < 11_000 + 1_000L * round; pgno++) {
                demand(cache, pgno);
                demand(cache, pgno);
            }
        }
        for (long pgno = 1; pgno <= 500; pgno++) {
            assertThat(cache.contains(PageCache.key(1, pgno))).as("%d", pgno).isFalse();
        }
    }

    private void demand(PageCache cache, long from, int pages) {
        for (long pgno = from; pgno < from + pages; pgno++) {
            demand(cache, pgno);
        }
    }

    private void demand(PageCache cache, long pgno) {
        long key = PageCache.key(1, pgno);
        if (get(cache, key) == null) {
            cache.put(key, pageOf(key));
        }
    }

    @Test
    void manyThreadsFindTheirPages() throws Exception {
        PageCache cache = new PageCache(300_000, PAGE_BYTES, buffers);
        long seed = Long.getLong("test.seed", System.nanoTime());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(seed + thread);
                workers.add(threads.submit(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        long key = randomKey(random);
                        byte[] page = get(cache, key);
                        if (page == null) {
                            cache.put(key, pageOf(key));
                        } else {
                            assertThat(ByteBuffer.wrap(page).getLong())
                                    .as("seed=%d", seed)
                                    .isEqualTo(key);
                        }
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
        assertThat(cache.bytes()).isLessThanOrEqualTo(300_000);
    }

    /** Returns a page that holds its key at both ends, in an array that may have been another page's. */
    private byte[] pageOf(long key) {
        return ByteBuffer.wrap(buffers.take(PAGE_BYTES))
                .putLong(key)
                .putLong(PAGE_BYTES - Long.BYTES, key)
                .array();
    }

    private static byte @Nullable [] get(PageCache cache, long key) {
        byte[] page = new byte[PAGE_BYTES];
        if (!cache.get(key, page)) {
            return null;
        }
        // An array that became another page's while it was copied shows at the other end.
        assertThat(ByteBuffer.wrap(page).getLong(PAGE_BYTES - Long.BYTES))
                .isEqualTo(ByteBuffer.wrap(page).getLong());
        return page;
    }
}
