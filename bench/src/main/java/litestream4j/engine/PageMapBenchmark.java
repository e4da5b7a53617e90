package litestream4j.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A map of 200,000 pages in a snapshot, over which 50 files of 100 scattered pages lie. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class PageMapBenchmark {
    /** The smallest: only the pages' number matters here. */
    private static final PageSize PAGE_SIZE = new PageSize(512);

    private static final int PAGES = 200_000;
    private static final int FILES = 50;
    private static final int PAGES_OF_A_FILE = 100;

    private final SplittableRandom random = new SplittableRandom(1);
    private final PageMap map;
    private final SourceFile small;
    private final SourceFile single;
    private long pgno;

    /** Makes the map. */
    public PageMapBenchmark() {
        PageMap pages = PageMap.EMPTY.applyAll(List.of(file(1, PAGES)));
        for (int i = 2; i <= FILES + 1; i++) {
            pages = pages.applyAll(List.of(file(i, PAGES_OF_A_FILE)));
        }
        map = pages;
        small = file(FILES + 2, PAGES_OF_A_FILE);
        single = file(FILES + 3, 1);
    }

    private SourceFile file(int number, int pages) {
        Txid txid = new Txid(number);
        LtxHeader header = LtxHeader.noChecksum(PAGE_SIZE, new Commit(PAGES), txid, txid, 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            LtxWriter writer = new LtxWriter(out, header);
            int step = PAGES / pages;
            int from = 1 + random.nextInt(step);
            for (int i = 0; i < pages; i++) {
                writer.page(from + (long) i * step, new byte[PAGE_SIZE.bytes()]);
            }
            writer.finish(0);
            byte[] content = out.toByteArray();
            LtxFileName name = header.name();
            LtxFile file = new LtxFile(Level.L0, name, content.length, Instant.EPOCH, "v");
            return new SourceFile(
                    number,
                    file,
                    header,
                    LtxFileContents.parse(name, "sample", content).index());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long next() {
        // A step that is prime to the number of pages visits all of them, none after its neighbour.
        pgno = (pgno + 77_773) % PAGES;
        return pgno + 1;
    }

    /** Which file holds a page. */
    @Benchmark
    public @Nullable SourceFile sourceOf() {
        return map.sourceOf(next());
    }

    /** Which file holds a page, and where in it. */
    @Benchmark
    public long placeOf() {
        long wanted = next();
        SourceFile file = map.sourceOf(wanted);
        return file == null ? -1 : file.index.offset(file.index.find(wanted));
    }

    /** The next map after a transaction of one page. */
    @Benchmark
    public Object applyOnePage() {
        return map.applyAll(List.of(single));
    }

    /** The next map after 100 pages, each in another chunk. */
    @Benchmark
    public Object applyHundredPages() {
        return map.applyAll(List.of(small));
    }
}
