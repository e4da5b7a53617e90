package litestream4j.engine;

import java.time.Duration;
import java.util.SplittableRandom;
import litestream4j.ltx.Txid;
import litestream4j.testkit.FaultyClient.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Has the primary act in the middle of what an engine does, where requests that belong together are apart in time: a
 * life in which it acts at any time hardly ever meets such a place, and never twice within one poll.
 */
final class Ambush {
    private final SplittableRandom random;
    private final FakeTime time;
    private final Trace trace;
    private final SimulatedReplica replica;

    /** How many more times the primary acts before the engine is done. */
    private int acts;

    private Place place = Place.AT_ONCE;
    private int skipped;
    private @Nullable Moment before;

    /** What all who follow have seen, if the history may be overwritten before their eyes; else the beginning. */
    private Txid seen = Txid.NONE;

    /** The transaction that the engine has, or found last. */
    private Txid about = Txid.NONE;

    Ambush(SplittableRandom random, FakeTime time, Trace trace, SimulatedReplica replica) {
        this.random = random;
        this.time = time;
        this.trace = trace;
        this.replica = replica;
    }

    private enum Place {
        AT_ONCE,
        BEFORE_NAMED,
        AFTER_NAMED,
        BEFORE_LISTING,
        BETWEEN_LEVELS,
        BETWEEN_PAGES,
        AFTER_LISTING,
        BETWEEN_READS
    }

    /**
     * Lies in wait for what the engine does next.
     *
     * @param newest the view that it has
     * @param mayOverwrite whether the primary may go back before the eyes of those who follow
     */
    void lay(Snapshot newest, boolean mayOverwrite) {
        about = newest.txid();
        seen = mayOverwrite ? about : Txid.NONE;
        switch (random.nextInt(4)) {
            case 0 -> replica.histories().grow();
            case 1, 2 -> replica.histories().growInAnotherWal();
            default -> {}
        }
        acts = 1 + random.nextInt(3);
        before = null;
        choose();
    }

    private void choose() {
        Place[] places = Place.values();
        place = places[random.nextInt(places.length)];
        skipped = place == Place.BETWEEN_LEVELS ? random.nextInt(9) : random.nextInt(2) * random.nextInt(4);
    }

    /** Ends it; all that was begun comes to its end. */
    void lift() {
        acts = 0;
        replica.histories().finish();
    }

    /** Tells whether the primary may act. */
    boolean isLaid() {
        return acts > 0 || replica.histories().isUnderWay();
    }

    /** Acts if the engine has come to the place. */
    void at(Moment moment) {
        Place here = before == null ? Place.AT_ONCE : placeOf(moment, isListing(before));
        before = moment;
        if (moment == Moment.FOUND) {
            about = about.next();
        }
        if (replica.histories().isUnderWay()) {
            if (random.nextInt(3) > 0) {
                replica.histories().goOn();
            }
        } else if (acts > 0 && here == place && skipped-- == 0) {
            acts--;
            choose();
            trace.note("at %s, %s", here, moment);
            act();
        }
    }

    private static Place placeOf(Moment moment, boolean listing) {
        return switch (moment) {
            case FIND -> Place.BEFORE_NAMED;
            case FOUND -> Place.AFTER_NAMED;
            case LIST -> listing ? Place.BETWEEN_LEVELS : Place.BEFORE_LISTING;
            case NEXT_PAGE -> Place.BETWEEN_PAGES;
            case READ -> listing ? Place.AFTER_LISTING : Place.BETWEEN_READS;
        };
    }

    private static boolean isListing(Moment moment) {
        return moment == Moment.LIST || moment == Moment.NEXT_PAGE;
    }

    private void act() {
        if (random.nextInt(3) == 0) {
            time.advance(Duration.ofMillis(random.nextInt(3000)));
        }
        SimulatedHistories histories = replica.histories();
        switch (random.nextInt(8)) {
            case 0, 1 -> histories.forkAt(about, false);
            case 2 -> histories.forkAt(about, true);
            case 3, 4 -> histories.overwriteAt(seen);
            case 5 -> histories.resetAt(about);
            default -> {
                histories.grow();
                return;
            }
        }
        seen = Txid.NONE; // Nobody has seen anything of the history that began yet.
    }
}
