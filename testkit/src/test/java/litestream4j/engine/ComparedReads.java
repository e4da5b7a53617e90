package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/** Reads pages of views, and compares each with what the primary remembers. */
final class ComparedReads {
    private final SimulatedReplica replica;
    private final Weather weather;
    private final BooleanSupplier isSettled;
    private final FakeTime time;
    private final Trace trace;

    /** @param isSettled tells whether all that bad weather left behind is over too */
    ComparedReads(SimulatedReplica replica, Weather weather, BooleanSupplier isSettled, FakeTime time, Trace trace) {
        this.replica = replica;
        this.weather = weather;
        this.isSettled = isSettled;
        this.time = time;
        this.trace = trace;
    }

    /** Reads all pages of a view, up to one that cannot be had, as it may be. */
    void all(Reader reader, Snapshot view) throws IOException {
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            if (!page(reader, view, pgno)) {
                return;
            }
        }
    }

    /** Reads a page and compares it; returns false if the page cannot be had, as it may be. */
    boolean page(Reader reader, Snapshot view, long pgno) throws IOException {
        byte @Nullable [] expected = replica.imageOf(view).page(pgno);
        byte[] page;
        PageMap places = view.pages();
        boolean wasSought = view.wasSought(time.nanos(), LostViews.PAUSE_NANOS);
        try {
            page = reader.page(view, pgno);
        } catch (MissingPageException e) {
            assertThat(expected).as("%s", e).isNull();
            return true;
        } catch (ViewLostException e) {
            trace.note("%s", e);
            if (wasSought && isSettled.getAsBoolean() && replica.isReachable(view)) {
                time.advance(Duration.ofNanos(LostViews.PAUSE_NANOS)); // Not looked for again before that.
                return page(reader, view, pgno);
            }
            if (isSettled.getAsBoolean()) {
                assertThat(replica.isReachable(view)).as("reachable, but %s", e).isFalse();
            }
            return false;
        } catch (ReplicaException | CorruptFileException e) {
            trace.note("page %d failed: %s", pgno, e);
            assertThat(weather.isCalm())
                    .as("page read fails in calm weather: %s", e)
                    .isFalse();
            return false;
        }
        assertThat(page).as("page %d of %s", pgno, view).isEqualTo(expected);
        if (view.pages() != places) {
            replica.checkPlaces(view);
        }
        return true;
    }
}
