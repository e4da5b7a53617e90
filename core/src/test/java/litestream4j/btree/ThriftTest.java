package litestream4j.btree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThriftTest {
    private final Thrift thrift = new Thrift();

    @Test
    void batchesGrowEightfoldWhileNothingIsWasted() {
        assertThat(batches(4, 3)).containsExactly(4, 32, 256);
        assertThat(batches(32, 3)).containsExactly(32, 256, 2048);
        assertThat(thrift.isDue(24, 32, false)).isTrue();
        assertThat(thrift.isDue(25, 32, false)).isFalse();
    }

    @Test
    void batchAfterALargeOneIsDueEarlier() {
        assertThat(thrift.isDue(1792, 2048, false)).isTrue();
        assertThat(thrift.isDue(1793, 2048, false)).isFalse();
        assertThat(thrift.isDue(192, 256, false)).isTrue();
        assertThat(thrift.isDue(193, 256, false)).isFalse();
        assertThat(thrift.isDue(1536, 2048, true)).isTrue();
        assertThat(thrift.isDue(1537, 2048, true)).isFalse();
    }

    @Test
    void oneRunThatIsLeftUnreadIsForgiven() {
        thrift.ended(32, 32);
        assertThat(batches(32, 3)).containsExactly(32, 256, 2048);
        assertThat(thrift.isDue(24, 32, false)).isTrue();
    }

    @Test
    void eachFurtherRunThatIsLeftUnreadHalvesTheFirstBatchAndSlowsGrowth() {
        List<List<Integer>> seen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> batches = batches(32, 3);
            seen.add(batches);
            thrift.ended(batches.getFirst(), batches.getFirst());
        }
        assertThat(seen)
                .containsExactly(
                        List.of(32, 256, 2048),
                        List.of(32, 256, 2048),
                        List.of(16, 64, 256),
                        List.of(8, 16, 32),
                        List.of(4, 8, 16),
                        List.of(4, 8, 16));
        assertThat(batches(4, 3)).containsExactly(1, 2, 4);
        assertThat(thrift.isDue(16, 32, false)).isTrue();
        assertThat(thrift.isDue(17, 32, false)).isFalse();
    }

    @Test
    void runOfWhichHalfWasReadIsNoWaste() {
        thrift.ended(32, 32);
        thrift.ended(32, 16);
        assertThat(thrift.next(0, 32)).isEqualTo(32);
        thrift.ended(32, 17);
        assertThat(thrift.next(0, 32)).isEqualTo(16);
    }

    @Test
    void pagesThatAreUsedWinBackAStepForEach64() {
        for (int i = 0; i < 10; i++) {
            thrift.ended(1, 1);
        }
        List<Integer> first = new ArrayList<>();
        for (int pages = 0; pages <= 192; pages++) {
            int now = thrift.next(0, 32);
            if (first.isEmpty() || first.getLast() != now) {
                first.add(now);
            }
            thrift.used(1);
        }
        assertThat(first).containsExactly(4, 8, 16, 32);
    }

    @Test
    void wasteUndoesWhatWasWonSince() {
        for (int i = 0; i < 3; i++) {
            thrift.ended(4, 4);
            thrift.used(63);
        }
        assertThat(thrift.next(0, 32)).isEqualTo(8);
    }

    private List<Integer> batches(int first, int count) {
        List<Integer> batches = new ArrayList<>();
        int window = 0;
        for (int i = 0; i < count; i++) {
            window = thrift.next(window, first);
            batches.add(window);
        }
        return batches;
    }
}
