package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final byte[] PAGE = new byte[512];

    private final Arrivals arrivals = new Arrivals(4L * PAGE.length);

    @Test
    void pageThatCameStaysWhenItsRangeFailsLater() {
        arrivals.expect(1, PAGE.length);
        arrivals.arrived(1, PAGE);
        arrivals.failed(1, new AheadException(new IOException("a later page of the range")));
        assertThat(arrivals.peek(1)).isSameAs(PAGE);
    }

    @Test
    void failureAheadOfDemandIsNoneOfThePageThatIsFetchedOnDemandByNow() {
        Arrivals.Joined demanded = arrivals.join(1);
        arrivals.failed(1, new AheadException(new IOException("an earlier request")));
        assertThat(demanded.arrival().page).isNotDone();
        assertThat(arrivals.join(1).arrival()).isSameAs(demanded.arrival());
    }

    @Test
    void pageThatDoesNotComeTakesNoRoom() {
        arrivals.expect(1, PAGE.length);
        arrivals.failed(1, new AheadException(new IOException("gone")));
        assertThat(arrivals.aheadBytes()).isZero();
        assertThat(arrivals.join(1).isNew()).isTrue();
    }
}
