package litestream4j.engine;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** A cache of the default size, with 2000 pages in it and then with more than fit. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class PageCacheBenchmark {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 2000;

    private final PageBuffers buffers = new PageBuffers();
    private final PageCache cache = new PageCache(Settings.CACHE_BYTES, PAGE_BYTES, buffers);
    private final PageCache full = new PageCache(Settings.CACHE_BYTES, PAGE_BYTES, buffers);

    /** Fills the cache. */
    public PageCacheBenchmark() {
        for (int pgno = 1; pgno <= PAGES; pgno++) {
            cache.put(PageCache.key(1, pgno), new byte[PAGE_BYTES]);
        }
    }

    /** Where a thread is. */
    @State(Scope.Thread)
    public static class Position {
        private final byte[] page = new byte[PAGE_BYTES];
        private long pgno;

        long next() {
            // A step that is prime to the number of pages visits all of them, none after its neighbour.
            pgno = (pgno + 617) % PAGES;
            return pgno + 1;
        }

        long nextNew() {
            return ++pgno;
        }
    }

    /** A page that is there, with its copy. */
    @Benchmark
    public boolean hit(Position position) {
        return cache.get(PageCache.key(1, position.next()), position.page);
    }

    /** The same by two threads at once. */
    @Benchmark
    @Threads(2)
    public boolean hitOfTwo(Position position) {
        return cache.get(PageCache.key(1, position.next()), position.page);
    }

    /** A page that is not there. */
    @Benchmark
    public boolean miss(Position position) {
        return cache.get(PageCache.key(2, position.next()), position.page);
    }

    /** A new page in the place of another one. */
    @Benchmark
    public void putAndEvict(Position position) {
        full.put(PageCache.key(1, position.nextNew()), buffers.take(PAGE_BYTES));
    }
}
