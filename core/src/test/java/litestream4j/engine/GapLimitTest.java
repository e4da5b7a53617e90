package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GapLimitTest {
    private static final int KIB = 1024;

    private final GapLimit gap = new GapLimit();

    @Test
    void withoutAMeasurementItIs64KiB() {
        assertThat(gap.bytes()).isEqualTo(64 * KIB);
    }

    @ParameterizedTest(name = "{0}: {1} ms, {2} MB/s")
    @CsvSource({
        "this machine,         0.2, 5000,  64",
        "this machine at work, 5,    400,  64",
        "the same region,      15,    80,  64",
        "many streams,         15,  1000,  64",
        "another region,       40,    80, 128",
        "another continent,    150,   80, 256",
        "a local network,      1,    110,  16",
        "a slow line,          50,     1,   4",
    })
    void itFollowsTheStoreAndTheLine(String store, double millis, double megabytesPerSecond, int kib) {
        for (int i = 0; i < 10; i++) {
            gap.update(nanos(millis), mebibyteNanos(megabytesPerSecond));
        }
        assertThat(gap.bytes()).as(store).isEqualTo(kib * KIB);
    }

    @Test
    void itDoesNotGoToAndFroWithWhatIsMeasured() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int store = 0; store < 200; store++) {
            double millis = Math.exp(random.nextDouble() * 7 - 1);
            double rate = Math.exp(random.nextDouble() * 7);
            for (int i = 0; i < 10; i++) {
                gap.update(nanos(millis), mebibyteNanos(rate));
            }
            Set<Integer> seen = new HashSet<>();
            int changes = 0;
            for (int i = 0; i < 1000; i++) {
                int before = gap.bytes();
                gap.update(nanos(millis * (0.86 + 0.28 * random.nextDouble())), mebibyteNanos(rate));
                seen.add(gap.bytes());
                changes += gap.bytes() == before ? 0 : 1;
            }
            assertThat(seen)
                    .as("seed=%d, %f ms, %f MB/s", seed, millis, rate)
                    .hasSizeLessThanOrEqualTo(2)
                    .allMatch(bytes -> Integer.bitCount(bytes) == 1 && bytes >= 4 * KIB && bytes <= 256 * KIB);
            assertThat(changes)
                    .as("seed=%d, %f ms, %f MB/s", seed, millis, rate)
                    .isLessThanOrEqualTo(1);
        }
    }

    private static long nanos(double millis) {
        return (long) (millis * 1e6);
    }

    private static long mebibyteNanos(double megabytesPerSecond) {
        return (long) (KIB * KIB * 1e3 / megabytesPerSecond);
    }
}
