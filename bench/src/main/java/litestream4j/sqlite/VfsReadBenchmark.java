package litestream4j.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import litestream4j.bench.Samples;
import litestream4j.engine.Engines;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the shim's calls cost inside the engine, without the way from C to Java: a replica in a folder, opened as the
 * shim opens it, pages from the cache.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class VfsReadBenchmark {
    private static final int PAGES = 2000;
    private static final int PAGE_BYTES = 4096;

    /** Numbers of shim.h. */
    private static final int OPEN = 0;

    private static final int CLOSE = 1;
    private static final int READ = 2;
    private static final int LOCK = 4;
    private static final int UNLOCK = 5;

    private final VfsDispatcher dispatcher = new VfsDispatcher(Engines.process(), _ -> false, false);
    private final long buffer = Arena.global().allocate(PAGE_BYTES).address();
    private final Path replica;
    private final long file;
    private long page;

    /** Opens the replica, and reads all of it once. */
    public VfsReadBenchmark() {
        try {
            replica = Samples.replica(PAGES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file = open();
        for (long at = 0; at < PAGES; at++) {
            dispatcher.call(READ, file, buffer, PAGE_BYTES, at * PAGE_BYTES);
        }
    }

    /** Closes the replica and deletes it. */
    @TearDown
    public void close() throws IOException {
        dispatcher.call(CLOSE, file, 0, 0, 0);
        Samples.delete(replica);
    }

    private long open() {
        Arena arena = Arena.global();
        MemorySegment text = arena.allocate(1024);
        MemorySegment pairs = addresses(
                arena, arena.allocateFrom("replica_url"), arena.allocateFrom("file://" + replica), MemorySegment.NULL);
        MemorySegment request = arena.allocate(48, Long.BYTES);
        request.set(ValueLayout.JAVA_LONG, 0, arena.allocateFrom("bench.db").address());
        request.set(ValueLayout.JAVA_LONG, 8, pairs.address());
        request.set(
                ValueLayout.JAVA_LONG, 16, addresses(arena, MemorySegment.NULL).address());
        request.set(ValueLayout.JAVA_LONG, 32, text.address());
        request.set(ValueLayout.JAVA_LONG, 40, text.byteSize());
        long answer = dispatcher.call(OPEN, request.address(), 0, 0, 0);
        if ((int) answer != 0) {
            throw new IllegalStateException("open: " + text.getString(0));
        }
        return answer >>> Integer.SIZE;
    }

    private static MemorySegment addresses(Arena arena, MemorySegment... strings) {
        MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, strings.length);
        for (int i = 0; i < strings.length; i++) {
            array.setAtIndex(ValueLayout.JAVA_LONG, i, strings[i].address());
        }
        return array;
    }

    /** A page of the cache, far from the last one. */
    @Benchmark
    public long scattered() {
        // A step that is prime to the number of pages visits all of them, none after its neighbour.
        page = (page + 617) % PAGES;
        return dispatcher.call(READ, file, buffer, PAGE_BYTES, page * PAGE_BYTES);
    }

    /** The same page again. */
    @Benchmark
    public long samePage() {
        return dispatcher.call(READ, file, buffer, PAGE_BYTES, 7 * PAGE_BYTES);
    }

    /** What SQLite does in each transaction of its own cache's pages: lock, change counter, unlock. */
    @Benchmark
    public long emptyTransaction() {
        return dispatcher.call(LOCK, file, 1, 0, 0)
                + dispatcher.call(READ, file, buffer, 16, 24)
                + dispatcher.call(UNLOCK, file, 0, 0, 0);
    }
}
