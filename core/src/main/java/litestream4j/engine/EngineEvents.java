package litestream4j.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import litestream4j.replica.LtxFile;
import org.jspecify.annotations.Nullable;

/**
 * What an engine tells Java Flight Recorder, if that runs: the first event of a process loads a hundred classes, which
 * costs more than opening a replica does. For the same reason none of the events is handed over as an {@link Event}
 * here: the verifier would load their classes to see that it is one, and they can be in no AOT cache.
 */
final class EngineEvents {
    private static final String CATEGORY = "Litestream replica";

    private EngineEvents() {}

    /** Returns an event that begins now, or null if nobody records. */
    static @Nullable PageFetch pageFetch() {
        return FlightRecorder.isInitialized() ? new PageFetch() : null;
    }

    /** As {@link #pageFetch}. */
    static @Nullable RangeFetch rangeFetch() {
        return FlightRecorder.isInitialized() ? new RangeFetch() : null;
    }

    /** As {@link #pageFetch}. */
    static @Nullable Poll poll() {
        return FlightRecorder.isInitialized() ? new Poll() : null;
    }

    /** As {@link #pageFetch}. */
    static @Nullable Retry retry() {
        return FlightRecorder.isInitialized() ? new Retry() : null;
    }

    /** As {@link #pageFetch}. */
    static @Nullable Hedge hedge() {
        return FlightRecorder.isInitialized() ? new Hedge() : null;
    }

    static void published(String replica, Snapshot view) {
        if (FlightRecorder.isInitialized()) {
            Publish event = new Publish();
            event.replica = replica;
            event.txid = view.txid().toString();
            event.commit = view.commit().pages();
            event.commit();
        }
    }

    @Name("litestream4j.PageFetch")
    @Label("Page fetch")
    @Description("A page that a query waited for, from the store")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class PageFetch extends Event {
        @Label("File")
        @Nullable String file;

        @Label("Page number")
        long pgno;

        @Label("Size")
        @DataAmount
        int bytes;

        private PageFetch() {
            begin();
        }

        void end(SourceFile of, int position) {
            end();
            file = of.label();
            pgno = of.index.pgno(position);
            bytes = of.index.isKnown(position) ? of.index.frameBytes(position) : 0;
            commit();
        }
    }

    @Name("litestream4j.RangeFetch")
    @Label("Range fetch")
    @Description("Pages fetched ahead of demand in one request")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class RangeFetch extends Event {
        @Label("File")
        @Nullable String file;

        @Label("Pages")
        int pages;

        @Label("Size")
        @DataAmount
        int bytes;

        private RangeFetch() {
            begin();
        }

        void end(Ranges.Range range) {
            end();
            file = range.file().label();
            pages = range.frames().size();
            bytes = range.length();
            commit();
        }
    }

    @Name("litestream4j.Poll")
    @Label("Poll")
    @Description("A look for new transactions")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Poll extends Event {
        @Label("Replica")
        @Nullable String replica;

        @Label("Reached the newest transaction")
        boolean reached;

        private Poll() {
            begin();
        }

        void end(String of, boolean reachedNewest) {
            end();
            replica = of;
            reached = reachedNewest;
            commit();
        }
    }

    @Name("litestream4j.Publish")
    @Label("Publish")
    @Description("A new view that transactions begin with from now on")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Publish extends Event {
        @Label("Replica")
        @Nullable String replica;

        @Label("Transaction")
        @Nullable String txid;

        @Label("Pages of the database")
        long commit;
    }

    @Name("litestream4j.Retry")
    @Label("Retry")
    @Description("The wait before another attempt of a request")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Retry extends Event {
        @Label("Replica")
        @Nullable String replica;

        @Label("Failed attempts")
        int failed;

        private Retry() {
            begin();
        }

        void end(String of, int attempts) {
            end();
            replica = of;
            failed = attempts;
            commit();
        }
    }

    @Name("litestream4j.Hedge")
    @Label("Hedge")
    @Description("A second request for bytes whose answer was late")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Hedge extends Event {
        @Label("File")
        @Nullable String file;

        @Label("Size")
        @DataAmount
        long bytes;

        @Label("Came before the first")
        boolean won;

        private Hedge() {
            begin();
        }

        void end(LtxFile of, long length, boolean cameFirst) {
            end();
            file = of.label();
            bytes = length;
            won = cameFirst;
            commit();
        }
    }
}
