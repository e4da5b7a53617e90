package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * How long files wait for a poll. Method: a primary that looks each second whether there is something to upload, as
 * Litestream does, writes at random; a reader polls as the rhythm says. Times are in milliseconds by the reader's
 * clock, on which the primary's differs by a month.
 */
class UploadRhythmTest {
    private static final long MILLI = 1_000_000;
    private static final int FILES = 400;

    private final SplittableRandom random = new SplittableRandom(11);
    private UploadRhythm rhythm = new UploadRhythm();

    private long skew = 2_600_000_000L;
    private long interval = 1000;
    private long now = 5_000;
    private int polls;
    private boolean storeTells = true;

    /** Returns when to poll next, by the rhythm. */
    private long next(long last) {
        long next = rhythm.next(last * MILLI, interval * MILLI);
        assertThat(next - last * MILLI).isBetween(MILLI, interval * MILLI * 5 / 4);
        return Math.ceilDiv(next, MILLI);
    }

    /** Polls until so many files were found, and returns how long each of them had waited. */
    private List<Long> waits(int files, LongUnaryOperator following, LongUnaryOperator takes) {
        List<Long> waits = new ArrayList<>();
        long written = now;
        long absent = -1;
        while (waits.size() < files) {
            written = following.applyAsLong(written);
            long there = written + takes.applyAsLong(written);
            while (now < there) {
                absent = now;
                now = next(now) + random.nextInt(3); // A thread wakes up late.
                polls++;
            }
            waits.add(now - there);
            if (absent >= 0) {
                rhythm.found(written - skew, uploaded(written, there), absent * MILLI, now * MILLI);
            }
        }
        return waits;
    }

    /** As S3 tells it, in whole seconds by a clock of its own; or what stands in the header, as in folders. */
    private long uploaded(long written, long there) {
        return storeTells ? (there - 777_333) / 1000 * 1000 : written - skew;
    }

    /** The tick at which the next transaction is seen, some seconds later as it comes. */
    private LongUnaryOperator ticks(long phase, long every) {
        return last -> phase + every * (Math.floorDiv(last - phase, every) + 1 + random.nextInt(4));
    }

    private static double mean(List<Long> waits) {
        return waits.stream().mapToLong(Long::longValue).average().orElseThrow();
    }

    @Test
    void filesThatComeByTheSecondAreFoundAtOnce() {
        for (int phase = 0; phase < 1000; phase += 97) {
            waits(20, ticks(phase, 1000), _ -> 5);
            assertThat(mean(waits(FILES, ticks(phase, 1000), _ -> 5)))
                    .as("phase %d", phase)
                    .isLessThan(60);
        }
    }

    @Test
    void thatCostsAFewFurtherPollsAtFirst() {
        long begin = now;
        waits(10, ticks(300, 1000), _ -> 5);
        assertThat(polls).isLessThanOrEqualTo((int) ((now - begin) / interval) + 25);
        begin = now;
        polls = 0;
        waits(FILES, ticks(300, 1000), _ -> 5);
        assertThat(polls).isLessThanOrEqualTo((int) ((now - begin) / interval) + 5);
    }

    @Test
    void primaryWithoutABeatCostsHardlyAnyFurtherPolls() {
        long begin = now;
        waits(FILES, last -> last + 300 + random.nextInt(4000), _ -> random.nextInt(1000));
        assertThat(polls).isLessThanOrEqualTo((int) ((now - begin) * 11 / 10 / interval) + 5);
    }

    @Test
    void onePollFollowsAnotherWhileNothingComes() {
        waits(3, ticks(300, 1000), _ -> 5);
        polls = 0;
        waits(1, _ -> now + 100_000, _ -> 5);
        assertThat(polls).isLessThanOrEqualTo(106);
    }

    @Test
    void uploadsThatTakeTheirTimeAreFoundSoon() {
        waits(50, ticks(300, 1000), _ -> 30 + random.nextInt(60));
        assertThat(mean(waits(FILES, ticks(300, 1000), _ -> 30 + random.nextInt(60))))
                .isLessThan(150);
    }

    @Test
    void uploadsOfDifferentLengthAreFoundSoonWhetherTheStoreTellsOrNot() {
        for (boolean tells : new boolean[] {true, false}) {
            List<Long> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                rhythm = new UploadRhythm();
                storeTells = tells;
                waits(20, ticks(300, 1000), _ -> random.nextInt(60));
                all.addAll(waits(FILES, ticks(300, 1000), _ -> random.nextInt(60)));
            }
            assertThat(mean(all)).as("%b", tells).isLessThan(120);
        }
    }

    /** As Litestream's own do, now and then. */
    @Test
    void uploadsThatComeATickLaterChangeLittle() {
        LongUnaryOperator late = _ -> 5 + (random.nextInt(6) == 0 ? 1000 : 0);
        for (long phase = 0; phase < 1000; phase += 111) {
            rhythm = new UploadRhythm();
            storeTells = phase % 2 == 0;
            waits(50, ticks(phase, 1000), late);
            long begin = now;
            polls = 0;
            assertThat(mean(waits(2000, ticks(phase, 1000), late)))
                    .as("phase %d", phase)
                    .isLessThan(100);
            assertThat(polls).as("asked once more after each").isLessThan((int) ((now - begin) * 6 / 5 / interval));
        }
    }

    @Test
    void fileWithoutABeatWaitsAsLongAsAnyWouldInTheMean() {
        LongUnaryOperator anyTime = last -> last + 300 + random.nextInt(4000);
        assertThat(mean(waits(2000, anyTime, _ -> 5))).isBetween(450.0, 550.0);
    }

    @Test
    void primaryWithABeatOfItsOwnIsNotFoundLater() {
        for (long every : new long[] {100, 250, 500, 700, 1300, 2000, 10_000}) {
            assertThat(mean(waits(FILES, ticks(40, every), _ -> 5)))
                    .as("%d", every)
                    .isLessThan(600);
        }
    }

    @Test
    void newBeatAfterARestartIsLearntFromItsFirstFiles() {
        waits(FILES, ticks(300, 1000), _ -> 5);
        waits(3, ticks(850, 1000), _ -> 5);
        assertThat(mean(waits(FILES, ticks(850, 1000), _ -> 5))).isLessThan(60);
    }

    @Test
    void beatAfterIrregularUploadsIsLearntFromItsFirstFiles() {
        List<Long> all = new ArrayList<>();
        for (long phase = 0; phase < 1000; phase += 10) {
            rhythm = new UploadRhythm();
            storeTells = phase % 20 == 0;
            waits(15, last -> last + 300 + random.nextInt(2000), _ -> 5);
            waits(2, ticks(phase, 1000), _ -> 5);
            all.addAll(waits(15, ticks(phase, 1000), _ -> 5));
        }
        assertThat(mean(all)).isLessThan(60);
    }

    @Test
    void beatIsLearntFromTheFirstFourFiles() {
        List<Long> all = new ArrayList<>();
        for (long phase = 0; phase < 1000; phase += 10) {
            rhythm = new UploadRhythm();
            storeTells = phase % 20 == 0;
            waits(4, ticks(phase, 1000), _ -> 5);
            all.addAll(waits(10, ticks(phase, 1000), _ -> 5));
        }
        assertThat(mean(all)).isLessThan(30);
    }

    @Test
    void beatIsLearntFromAFewFilesThoughSomeComeATickLater() {
        LongUnaryOperator late = _ -> 5 + (random.nextInt(6) == 0 ? 1000 : 0);
        List<Long> all = new ArrayList<>();
        for (long phase = 0; phase < 1000; phase += 10) {
            rhythm = new UploadRhythm();
            storeTells = phase % 20 == 0;
            waits(4, ticks(phase, 1000), late);
            all.addAll(waits(10, ticks(phase, 1000), late));
        }
        assertThat(mean(all)).isLessThan(100);
    }

    @Test
    void clockThatWasSetIsLearntAnew() {
        for (long step : new long[] {-400, 700, 3_600_000, -7_200_333}) {
            waits(FILES, ticks(300, 1000), _ -> 5);
            skew += step;
            waits(FILES, ticks(300, 1000), _ -> 5);
            assertThat(mean(waits(FILES, ticks(300, 1000), _ -> 5)))
                    .as("%d", step)
                    .isLessThan(60);
        }
    }

    @Test
    void clocksThatGoApartAreFollowed() {
        waits(20, ticks(300, 1000), _ -> 5);
        double faster = mean(waits(2000, ticks(300, 1000), written -> 100 + written / 20_000));
        assertThat(faster).as("50 parts in a million").isLessThan(80);
        long from = now;
        double slower = mean(waits(2000, ticks(300, 1000), written -> 1000 - (written - from) / 20_000));
        assertThat(slower).isLessThan(150);
    }

    @Test
    void shortIntervalsArePolledAsTheyAre() {
        interval = 100;
        waits(20, ticks(300, 1000), _ -> 5);
        assertThat(rhythm.next(0, 100 * MILLI)).isEqualTo(100 * MILLI);
    }

    @Test
    void anyTimeInAHeaderIsBorneWith() {
        for (long header : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 62}) {
            for (int i = 0; i < 10; i++) {
                rhythm.found(header, i, 1000 * MILLI * i, 1000 * MILLI * (i + 1));
                next(1000L * (i + 1));
            }
        }
    }
}
