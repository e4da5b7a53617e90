package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
    private final HedgeBudget budget = new HedgeBudget();

    @Test
    void nothingCanBeSpentBeforeAnythingIsEarned() {
        assertThat(budget.spend()).isFalse();
        answered(HedgeBudget.PRICE - 1);
        assertThat(budget.spend()).isFalse();
    }

    @Test
    void oneInTwentyOneRequestsIsASecondOneHoweverManyAreLate() {
        int spent = 0;
        for (int i = 0; i < 1000; i++) {
            budget.answered();
            spent += budget.spend() ? 1 : 0;
        }
        assertThat(spent).isEqualTo(1000 / HedgeBudget.PRICE);
    }

    @Test
    void onlyAFewAreSavedUp() {
        answered(10_000);
        int spent = 0;
        while (budget.spend()) {
            spent++;
        }
        assertThat(spent).isEqualTo(HedgeBudget.SAVED_MAX);
    }

    @Test
    void aFailureTakesAll() {
        answered(10_000);
        budget.failed();
        answered(HedgeBudget.PRICE - 1);
        assertThat(budget.spend()).isFalse();
        budget.answered();
        assertThat(budget.spend()).isTrue();
    }

    private void answered(int count) {
        for (int i = 0; i < count; i++) {
            budget.answered();
        }
    }
}
