package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.SnapshotIndex;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages ahead of demand: those that lie near each other in one request, and files of middle size as a whole
 * once several parts of them are wanted. Hands each page over as soon as its bytes are here. Safe for all threads.
 */
final class AheadFetcher {
    /**
     * Files up to this size come whole instead of in parts.
     *
     * <p>Basis: a request in the store's own region costs about 15 ms before its first byte, and a stream brings about
     * 80 MB/s, so one request saved pays for 1.2 MB.
     */
    static final int WHOLE_MAX_BYTES = 1024 * 1024;

    /** The part of one file with which it comes whole instead: it is one that a scan goes through, then. */
    private static final int PARTS_MAX = 3;

    private static final int PARTS_KNOWN_MAX = 4096;

    /**
     * Instead of a number of parts: the file came whole before. If it is not held any more, there is no room for all
     * files that are read at the same time, and each would come whole again for every few of its pages.
     */
    private static final int CAME_WHOLE = Integer.MIN_VALUE;

    /** Attempts for a range. Whoever wants one of its pages in the end makes his own, with more. */
    private static final int ATTEMPTS = 3;

    /**
     * Requests side by side. A scan of a large table asks for thousands of scattered pages at a time; as many threads
     * and connections, each with room for its range, are more than some hosts allow a process.
     */
    private static final int LANES = 256;

    /** Of a range, in memory at a time; a multiple of what a socket brings at once. */
    private static final int WINDOW_BYTES = 64 * 1024;

    private final Calls calls;
    private final HeldContents held;
    private final Arrivals arrivals;
    private final PageBuffers buffers;
    private final PageBuffers windows = new PageBuffers();
    private final IndexSections sections;
    private final Lanes lanes = new Lanes(LANES, Calls::begin);

    /** Parts that were fetched of files of middle size, by id. */
    private final Map<Integer, Integer> parts = new ConcurrentHashMap<>();

    /** Files that are on their way as a whole, by id, and the pages that are wanted of each; guarded by itself. */
    private final Map<Integer, List<Ranges.Frame>> wholes = new HashMap<>();

    /** @param buffers arrays for the pages */
    AheadFetcher(Calls calls, HeldContents held, Arrivals arrivals, PageBuffers buffers, IndexSections sections) {
        this.calls = calls;
        this.held = held;
        this.arrivals = arrivals;
        this.buffers = buffers;
        this.sections = sections;
    }

    /** Begins to fetch pages that were entered into {@link Arrivals}; returns at once. */
    void fetch(List<Ranges.Frame> frames) {
        List<Ranges.Frame> known = new ArrayList<>(frames.size());
        Map<Long, List<Ranges.Frame>> unknown = new HashMap<>();
        for (Ranges.Frame frame : frames) {
            SourceFile file = frame.file();
            if (file.index.isKnown(frame.position())) {
                known.add(frame);
            } else if (file.index instanceof SnapshotIndex index) {
                // Sections of one file at a time: there is hardly ever a second one that is so large.
                unknown.computeIfAbsent(index.partFor(frame.position()).offset(), _ -> new ArrayList<>())
                        .add(frame);
            }
        }
        fetchKnown(known);
        unknown.values().forEach(part -> lanes.begin(() -> fetchUnknown(part), _ -> giveUp(part)));
    }

    /** Fetches pages after the section of the index that tells where they lie. */
    private void fetchUnknown(List<Ranges.Frame> frames) {
        try {
            for (Ranges.Frame frame : frames) {
                sections.require(frame.file(), frame.position());
            }
            fetchKnown(frames);
        } catch (Throwable _) { // Whatever it was: those who wait must not wait for ever.
            giveUp(frames);
        }
    }

    /** Says of pages that they do not come, whoever was to bring them. */
    void giveUp(List<Ranges.Frame> frames) {
        for (Ranges.Frame frame : frames) {
            arrivals.givenUp(frame.key());
        }
    }

    private void fetchKnown(List<Ranges.Frame> frames) {
        List<Ranges.Range> ranges = Ranges.of(frames, calls.speed().gapMaxBytes());
        int from = 0;
        while (from < ranges.size()) {
            SourceFile file = ranges.get(from).file();
            int to = from + 1;
            while (to < ranges.size() && ranges.get(to).file() == file) {
                to++;
            }
            List<Ranges.Range> ofOneFile = ranges.subList(from, to);
            if (isWhole(file, ofOneFile.size())) {
                fetchWhole(file, ofOneFile);
            } else {
                ofOneFile.forEach(range -> lanes.begin(() -> fetchRange(range), _ -> giveUp(range.frames())));
            }
            from = to;
        }
    }

    private boolean isWhole(SourceFile file, int more) {
        if (parts.size() > PARTS_KNOWN_MAX) {
            parts.clear(); // Files of long ago, nearly all of them.
        }
        return file.file.size() <= Math.min(WHOLE_MAX_BYTES, held.budgetBytes())
                && parts.merge(file.id, more, Integer::sum) >= PARTS_MAX;
    }

    private void fetchWhole(SourceFile file, List<Ranges.Range> ranges) {
        boolean isNew;
        synchronized (wholes) {
            List<Ranges.Frame> frames = wholes.get(file.id);
            isNew = frames == null;
            if (frames == null) {
                frames = new ArrayList<>();
                wholes.put(file.id, frames);
            }
            for (Ranges.Range range : ranges) {
                frames.addAll(range.frames());
            }
        }
        if (isNew) {
            lanes.begin(() -> fetchWhole(file), e -> handOver(file, null, e));
        }
    }

    private void fetchWhole(SourceFile file) {
        byte[] content = null;
        Throwable failure = null;
        try {
            content = readWhole(file);
            held.hold(file, content);
            parts.put(file.id, CAME_WHOLE);
        } catch (LtxFormatException e) {
            failure = new CorruptFileException(file.file, e);
        } catch (Throwable e) { // Whatever it was: those who wait must not wait for ever.
            failure = e;
        }
        handOver(file, content, failure);
    }

    /** Reads a file and checks it as a whole. */
    private byte[] readWhole(SourceFile file) throws IOException {
        int size = (int) file.file.size();
        byte[] content = calls.readAwaited(file.file, 0, size);
        try {
            LtxFileContents.parse(file.file.name(), file.label(), content);
            return content;
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            byte[] again = calls.readAwaited(file.file, 0, size);
            LtxFileContents.parse(file.file.name(), file.label(), again);
            return again;
        }
    }

    private void handOver(SourceFile file, byte @Nullable [] content, @Nullable Throwable failure) {
        List<Ranges.Frame> frames;
        synchronized (wholes) {
            frames = wholes.remove(file.id);
        }
        for (Ranges.Frame frame : frames == null ? List.<Ranges.Frame>of() : frames) {
            handOver(frame, content, failure);
        }
    }

    private void handOver(Ranges.Frame frame, byte @Nullable [] content, @Nullable Throwable failure) {
        try {
            if (content == null || failure != null) {
                throw failure == null ? new IllegalStateException("no content") : failure;
            }
            arrived(frame, content, (int) frame.offset());
        } catch (CorruptFileException e) {
            arrivals.failed(frame.key(), e);
        } catch (Throwable _) { // As above.
            arrivals.givenUp(frame.key());
        }
    }

    private void arrived(Ranges.Frame frame, byte[] bytes, int from) throws LtxFormatException {
        byte[] page = buffers.take(frame.file().pageSize().bytes());
        boolean decoded = false;
        try {
            frame.decode(bytes, from, page);
            decoded = true;
        } finally {
            if (!decoded) {
                buffers.give(page);
            }
        }
        arrivals.arrived(frame.key(), page);
    }

    private void fetchRange(Ranges.Range range) {
        int done = 0;
        for (int attempt = 1; attempt <= ATTEMPTS && done < range.frames().size(); attempt++) {
            Ranges.Range rest = range.from(done);
            try {
                if (attempt > 1) {
                    calls.pause(attempt - 1);
                }
                done += fetchOnce(rest);
            } catch (CutShortException e) {
                done += e.frames;
            } catch (Throwable _) { // Whatever it was: those who wait must not wait for ever.
                break;
            }
        }
        giveUp(range.frames().subList(done, range.frames().size()));
    }

    /** Returns the number of frames that came: all. */
    private int fetchOnce(Ranges.Range range) throws IOException {
        EngineEvents.RangeFetch event = EngineEvents.rangeFetch();
        try {
            return handOverAll(range);
        } finally {
            if (event != null) {
                event.end(range);
            }
        }
    }

    private int handOverAll(Ranges.Range range) throws IOException {
        int longest = FrameDecoder.frameBytesMax(range.file().pageSize());
        boolean streams = range.length() > longest;
        byte[] bytes = streams ? windows.take(Math.max(WINDOW_BYTES, 2 * longest)) : new byte[range.length()];
        int done = 0;
        try (LtxObject object = calls.open(range.file().file, range.offset(), range.length())) {
            long end = range.offset() + range.length();
            FrameWindow window = new FrameWindow(
                    object.body(), range.offset(), end, bytes, range.file().label());
            for (Ranges.Frame frame : range.frames()) {
                arrived(frame, bytes, window.await(frame.offset(), (int) (frame.end() - frame.offset())));
                done++;
            }
        } catch (ReplicaException.Unavailable e) {
            throw new CutShortException(done, e);
        } finally {
            if (streams) {
                windows.give(bytes);
            }
        }
        return done;
    }

    /** A range of which only some frames came. */
    private static final class CutShortException extends IOException {
        private static final long serialVersionUID = 1;

        final int frames;

        CutShortException(int frames, IOException cause) {
            super(cause.getMessage(), cause);
            this.frames = frames;
        }
    }
}
