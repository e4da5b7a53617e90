package litestream4j.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may be sent a second time: one for 20 good answers, so that a slow store gets 5 % more work at
 * most; a few may be saved up. A failure takes all: a store in trouble gets no request that it need not. Safe for all
 * threads.
 */
final class HedgeBudget {
    /** Good answers for one second request. */
    static final int PRICE = 20;

    /** Second requests that can be saved up: all that runs may be late at once, after a pause of this process. */
    static final int SAVED_MAX = 4;

    private final AtomicInteger answers = new AtomicInteger();

    void answered() {
        answers.updateAndGet(n -> Math.min(n + 1, SAVED_MAX * PRICE));
    }

    void failed() {
        answers.set(0);
    }

    /** Takes one second request; false if none is left. */
    boolean spend() {
        int before = answers.getAndUpdate(n -> n < PRICE ? n : n - PRICE);
        return before >= PRICE;
    }
}
