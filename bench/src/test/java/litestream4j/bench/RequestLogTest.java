package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestLogTest {
    @Test
    void requestsOneAfterTheOtherAreAsManyRoundTrips() {
        assertThat(log(0, 10, 10, 20, 25, 30).dependentRoundTrips()).isEqualTo(3);
    }

    @Test
    void requestsSideBySideAreOneRoundTrip() {
        assertThat(log(0, 20, 1, 21, 19, 40).dependentRoundTrips()).isEqualTo(1);
    }

    @Test
    void listThenTwoWavesAreThreeRoundTrips() {
        assertThat(log(0, 20, 22, 42, 23, 43, 24, 44, 45, 65, 46, 66).dependentRoundTrips())
                .isEqualTo(3);
    }

    @Test
    void noRequestIsNoRoundTrip() {
        assertThat(log().dependentRoundTrips()).isZero();
    }

    /** Property: no chain is longer. Method: few random intervals, against a search through all chains. */
    @Test
    void noLongerChainExists() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            List<StoreRequest> requests = new ArrayList<>();
            for (int i = random.nextInt(9); i > 0; i--) {
                int start = random.nextInt(40);
                requests.add(request(start, start + 1 + random.nextInt(15)));
            }
            assertThat(new RequestLog(requests).dependentRoundTrips())
                    .as("seed=%d %s", seed, requests)
                    .isEqualTo(longestChain(requests, Long.MIN_VALUE));
        }
    }

    @Test
    void listingCostsAsMuchAsTenReads() {
        StoreRequest list = new StoreRequest(StoreRequest.Kind.LIST, "", 0, 0, 1, 0);
        assertThat(new RequestLog(List.of(list, request(2, 3))).price()).isEqualTo(11);
    }

    private static int longestChain(List<StoreRequest> requests, long from) {
        int longest = 0;
        for (StoreRequest request : requests) {
            if (request.startNanos() >= from) {
                longest = Math.max(longest, 1 + longestChain(requests, request.endNanos()));
            }
        }
        return longest;
    }

    private static RequestLog log(long... startsAndEnds) {
        List<StoreRequest> requests = new ArrayList<>();
        for (int i = 0; i < startsAndEnds.length; i += 2) {
            requests.add(request(startsAndEnds[i], startsAndEnds[i + 1]));
        }
        return new RequestLog(requests);
    }

    private static StoreRequest request(long start, long end) {
        return new StoreRequest(StoreRequest.Kind.RANGE, "key", 0, start, end, 1);
    }
}
