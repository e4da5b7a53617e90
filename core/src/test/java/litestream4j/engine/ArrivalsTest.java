package litestream4j.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final byte[] PAGE = new byte[512];

    private final PageBuffers buffers = new PageBuffers();
    private long nanos;
    private final Arrivals arrivals = new Arrivals(4L * PAGE.length, buffers, () -> nanos);
    private final Askers.Asker asker = arrivals.askers().new Asker();

    @Test
    void pageThatCameStaysWhenItsRangeFailsLater() {
        arrivals.expect(1, PAGE.length, asker);
        arrivals.arrived(1, PAGE);
        arrivals.givenUp(1);
        assertThat(takeOver(1).page.resultNow()).isSameAs(PAGE);
    }

    private Arrivals.Arrival takeOver(long key) {
        Arrivals.Arrival arrival = requireNonNull(arrivals.take(key));
        arrivals.remove(arrival);
        return arrival;
    }

    @Test
    void failureAheadOfDemandIsNoneOfThePageThatIsFetchedOnDemandByNow() {
        Arrivals.Joined demanded = arrivals.join(1);
        arrivals.givenUp(1);
        assertThat(demanded.arrival().page).isNotDone();
        assertThat(arrivals.join(1).arrival()).isSameAs(demanded.arrival());
    }

    @Test
    void pageThatDoesNotComeTakesNoRoom() {
        arrivals.expect(1, PAGE.length, asker);
        arrivals.givenUp(1);
        assertThat(arrivals.aheadBytes()).isZero();
        assertThat(arrivals.join(1).isNew()).isTrue();
    }

    @Test
    void pageIsTakenOverOnce() {
        arrivals.expect(1, PAGE.length, asker);
        Arrivals.Arrival arrival = arrivals.join(1).arrival();
        arrivals.arrived(1, PAGE);
        assertThat(arrivals.take(arrival)).isTrue();
        assertThat(arrivals.take(arrival)).isFalse();
        assertThat(arrivals.take(1)).isNull();
    }

    /** In between, others would fetch it again. */
    @Test
    void pageThatIsTakenOverIsKnownUntilItIsInTheCache() {
        arrivals.expect(1, PAGE.length, asker);
        arrivals.arrived(1, PAGE);
        Arrivals.Arrival taken = requireNonNull(arrivals.take(1));
        assertThat(arrivals.contains(1)).isTrue();
        assertThat(arrivals.peek(1, new byte[PAGE.length]))
                .as("its array is another's")
                .isFalse();
        Askers.Asker other = arrivals.askers().new Asker();
        assertThat(arrivals.expect(1, PAGE.length, other)).isEqualTo(Arrivals.Expected.KNOWN);
        arrivals.remove(taken);
        assertThat(arrivals.contains(1)).isFalse();
        assertThat(arrivals.aheadBytes()).isZero();
        assertThat(taken.others()).as("who count on it").isEqualTo(1);
    }

    /** So that who comes meanwhile need not look again and again. */
    @Test
    void tellsWhenAPageThatIsTakenOverIsInTheCache() {
        arrive(1, asker);
        Arrivals.Arrival taken = requireNonNull(arrivals.take(1));
        Future<Void> removal = requireNonNull(arrivals.removal(taken));
        assertThat(removal).isNotDone();
        arrivals.remove(taken);
        assertThat(removal).isDone();
        assertThat(arrivals.removal(takeOverNew(2))).as("it is there already").isNull();
    }

    private Arrivals.Arrival takeOverNew(long key) {
        arrive(key, asker);
        return takeOver(key);
    }

    @Test
    void pageThatIsTakenOverIsNotDropped() {
        arrive(1, asker);
        arrivals.take(1);
        for (long key = 2; key <= 6; key++) {
            arrive(key, asker);
        }
        assertThat(arrivals.contains(1)).isTrue();
        assertThat(arrivals.contains(2)).isFalse();
        assertThat(arrivals.aheadBytes()).isEqualTo(4L * PAGE.length);
    }

    @Test
    void arrayOfAPageThatIsDemandedStaysWithThoseWhoKnowIt() {
        Arrivals.Arrival demanded = arrivals.join(1).arrival();
        demanded.page.complete(PAGE);
        assertThat(arrivals.take(1)).isNull();
        assertThat(arrivals.take(demanded)).isFalse();
    }

    @Test
    void arrayOfAPageThatNobodyWantedServesAgain() {
        for (long key = 1; key <= 4; key++) {
            arrivals.expect(key, PAGE.length, asker);
            arrivals.arrived(key, key == 1 ? PAGE : new byte[PAGE.length]);
        }
        assertThat(buffers.take(PAGE.length)).isNotSameAs(PAGE);
        arrivals.expect(5, PAGE.length, asker);
        assertThat(buffers.take(PAGE.length)).isSameAs(PAGE);
        assertThat(arrivals.wasted()).isEqualTo(1);
    }

    @Test
    void pageThatComesTwiceIsGivenBackTheSecondTime() {
        arrivals.expect(1, PAGE.length, asker);
        arrivals.arrived(1, new byte[PAGE.length]);
        arrivals.arrived(1, PAGE);
        assertThat(buffers.take(PAGE.length)).isSameAs(PAGE);
    }

    @Test
    void whatIsStillOnItsWayLeavesNoRoom() {
        for (long key = 1; key <= 4; key++) {
            assertThat(arrivals.expect(key, PAGE.length, asker)).isEqualTo(Arrivals.Expected.NEW);
        }
        assertThat(arrivals.expect(5, PAGE.length, asker)).isEqualTo(Arrivals.Expected.NO_ROOM);
        assertThat(arrivals.expect(4, PAGE.length, asker)).isEqualTo(Arrivals.Expected.KNOWN);
        arrivals.arrived(4, PAGE);
        assertThat(arrivals.expect(5, PAGE.length, asker)).isEqualTo(Arrivals.Expected.NEW);
    }

    @Test
    void whatAReaderThatIsDoneLeftBehindGoesFirst() {
        Askers.Asker other = arrivals.askers().new Asker();
        asker.begin();
        other.begin();
        arrive(1, asker);
        arrive(2, other);
        other.end();
        arrive(3, asker);
        assertThat(arrivals.contains(2)).as("it may come back for them").isTrue();
        nanos += Askers.GRACE_NANOS;
        arrive(4, asker);
        assertThat(arrivals.contains(1)).isTrue();
        assertThat(arrivals.contains(2)).as("half of the room is taken").isFalse();
        assertThat(arrivals.wasted()).isEqualTo(1);
        assertThat(arrivals.aheadBytes()).isEqualTo(3L * PAGE.length);
    }

    /** A look at all that waits, which others wait for meanwhile: transactions that find all in the cache cost none. */
    @Test
    void onlyWhoLeavesSomethingBehindIsLookedFor() {
        Askers askers = arrivals.askers();
        asker.begin();
        asker.end();
        assertThat(askers.takeLeavers()).isFalse();
        asker.begin();
        arrive(1, asker);
        asker.end();
        assertThat(askers.takeLeavers()).isFalse();
        nanos += Askers.GRACE_NANOS;
        assertThat(askers.takeLeavers()).isTrue();
        assertThat(askers.takeLeavers()).isFalse();
        takeOver(1);
        asker.begin();
        asker.end();
        assertThat(askers.takeLeavers()).isFalse();
    }

    @Test
    void thoseWhoReadShareTheRoomWhilePagesOfTheirsTakeSome() {
        Askers askers = arrivals.askers();
        Askers.Asker other = askers.new Asker();
        assertThat(askers.shareBytes()).isEqualTo(4L * PAGE.length);
        asker.begin();
        asker.begin();
        other.begin();
        arrive(1, asker);
        arrive(2, asker);
        assertThat(askers.shareBytes()).isEqualTo(4L * PAGE.length);
        arrive(3, other);
        assertThat(askers.shareBytes()).isEqualTo(2L * PAGE.length);
        takeOver(1);
        assertThat(askers.shareBytes()).isEqualTo(2L * PAGE.length);
        takeOver(2);
        assertThat(askers.shareBytes()).as("idle in its transaction").isEqualTo(4L * PAGE.length);
        arrive(2, asker);
        asker.end();
        asker.end();
        assertThat(askers.shareBytes()).as("out of its transaction").isEqualTo(2L * PAGE.length);
        nanos += Askers.GRACE_NANOS;
        assertThat(askers.shareBytes()).as("done").isEqualTo(4L * PAGE.length);
    }

    private void arrive(long key, Askers.Asker by) {
        assertThat(arrivals.expect(key, PAGE.length, by)).isEqualTo(Arrivals.Expected.NEW);
        arrivals.arrived(key, new byte[PAGE.length]);
    }
}
