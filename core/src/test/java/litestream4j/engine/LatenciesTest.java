package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void nothingIsSaidOfFewAnswers() {
        add(Latencies.SAMPLES_MIN - 1, 7);
        assertThat(latencies.summary()).isNull();
        latencies.add(7);
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(7, 7, 7));
    }

    @Test
    void quantilesAreThoseOfTheLast128Answers() {
        for (int i = 128; i > 0; i--) {
            latencies.add(i);
        }
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(32, 64, 121));
    }

    @Test
    void oldAnswersAreForgotten() {
        add(128, 1000);
        add(128, 5);
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(5, 5, 5));
    }

    @Test
    void oneSlowAnswerInTwentyFiveIsBeyondTheP95() {
        for (int i = 0; i < 128; i++) {
            latencies.add(i % 25 == 0 ? 1_000_000 : 10);
        }
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(10, 10, 10));
    }

    private void add(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            latencies.add(nanos);
        }
    }
}
