package litestream4j.ltx;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import litestream4j.bench.Samples;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes frames of 4 KiB pages, another one each time so that no branch is learned by heart. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class FrameDecoderBenchmark {
    private static final PageSize PAGE_SIZE = new PageSize(4096);
    private static final int FRAMES = 64;

    /** How the pages are stored. */
    @Param
    PageEncoding encoding = PageEncoding.BLOCK;

    /** Text is about 0.6 of its size in a frame, noise is a little more. */
    @Param({"text", "noise"})
    String content = "text";

    private final byte[][] frames = new byte[FRAMES][];
    private final byte[] page = new byte[PAGE_SIZE.bytes()];
    private int next;

    /** Makes the frames. */
    @Setup
    public void encode() {
        FrameEncoder encoder = new FrameEncoder(encoding, PAGE_SIZE);
        for (int i = 0; i < FRAMES; i++) {
            int length = encoder.encode(1, content.equals("text") ? Samples.textPage(i) : Samples.noisePage(i));
            frames[i] = Arrays.copyOf(encoder.frame(), length);
        }
    }

    /** Decodes into the same page again and again. */
    @Benchmark
    public byte[] decode() throws LtxFormatException {
        byte[] frame = frames[next++ & (FRAMES - 1)];
        FrameDecoder.decode("sample", 0, frame, 0, frame.length, 1, PAGE_SIZE, page);
        return page;
    }
}
