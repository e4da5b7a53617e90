package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {
    @Test
    void cellIsTheMedianOfItsSamples() {
        Results results = new Results();
        for (double sample : new double[] {30, 10, 1200}) {
            results.add("Open", "ms", Contender.GO, sample);
        }
        results.add("Open", "ms", Contender.OURS, 2.5);
        assertThat(results.markdown()).isEqualTo("""

                ### Open

                | | Go 0.5.17 | ours |
                | --- | ---: | ---: |
                | ms | 30 | 2.50 |
                """);
    }

    @Test
    void roundTripsAreTheLeastThatWereSeen() {
        Results results = new Results();
        for (double sample : new double[] {7, 5, 9}) {
            results.add("Open", "open: " + Results.ROUND_TRIPS, Contender.GO, sample);
        }
        assertThat(results.markdown()).contains("| 5 |");
    }

    @Test
    void thousandsAreSetApart() {
        assertThat(Results.number(1_234_567.8)).isEqualTo("1 234 568");
    }
}
