package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    @Test
    void quantilesAreThoseOfTheSortedDurations() {
        SplittableRandom random = new SplittableRandom(1);
        long[] nanos =
                random.longs(100_000).map(bits -> (bits >>> 24) >>> (bits & 31)).toArray();
        DurationHistogram latencies = new DurationHistogram();
        Arrays.stream(nanos).forEach(latencies::add);
        Arrays.sort(nanos);
        for (double quantile : new double[] {0.01, 0.5, 0.99, 0.999}) {
            long exact = nanos[(int) Math.ceil(quantile * nanos.length) - 1];
            assertThat(latencies.nanos(quantile)).as("%s", quantile).isCloseTo(exact, Percentage.withPercentage(1.6));
        }
        assertThat(latencies.nanos(1)).isEqualTo(nanos[nanos.length - 1]);
        assertThat(latencies.maxNanos()).isEqualTo(nanos[nanos.length - 1]);
    }

    @Test
    void rareLongDurationIsSeenInTheLastQuantileOnly() {
        DurationHistogram latencies = new DurationHistogram();
        for (int i = 0; i < 999; i++) {
            latencies.add(50);
        }
        latencies.add(7_000_000);
        assertThat(latencies.answer()).isEqualTo("count=1000\tmedian=50\tp99=50\tp999=50\tmax=7000000");
    }

    @Test
    void extremesHaveTheirPlace() {
        DurationHistogram latencies = new DurationHistogram();
        latencies.add(0);
        assertThat(latencies.nanos(0.5)).isZero();
        latencies.add(Long.MAX_VALUE);
        assertThat(latencies.nanos(1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noDurationsHaveNoQuantile() {
        assertThat(new DurationHistogram().nanos(0.99)).isZero();
    }
}
