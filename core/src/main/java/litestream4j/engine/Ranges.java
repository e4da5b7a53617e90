package litestream4j.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFormatException;

/** Puts wanted frames together into ranges that are worth one request each. Pure. */
final class Ranges {
    /** A range ends here, so that a long run is read by several requests side by side. */
    static final int RANGE_MAX_BYTES = 512 * 1024;

    private Ranges() {}

    /**
     * A page by its place.
     *
     * @param position in the file's index
     */
    record Frame(SourceFile file, int position) {
        long offset() {
            return file.index.offset(position);
        }

        long end() {
            return offset() + file.index.frameBytes(position);
        }

        /** Returns the page's name in the cache. */
        long key() {
            return PageCache.key(file.id, file.index.pgno(position));
        }

        /**
         * Decodes the page.
         *
         * @param bytes hold its frame, from {@code from} on
         * @param into takes the page; shape: [page size]
         * @throws LtxFormatException if they are no frame of this page
         */
        void decode(byte[] bytes, int from, byte[] into) throws LtxFormatException {
            FrameDecoder.decode(
                    file.label(),
                    offset(),
                    bytes,
                    from,
                    file.index.frameBytes(position),
                    file.index.pgno(position),
                    file.pageSize(),
                    into);
        }
    }

    /**
     * Bytes of one file that hold wanted frames.
     *
     * @param frames in order of offset; not empty
     */
    record Range(SourceFile file, List<Frame> frames) {
        long offset() {
            return frames.getFirst().offset();
        }

        int length() {
            return (int) (frames.getLast().end() - offset());
        }

        /** Returns the range without its first frames; at least one has to be left. */
        Range from(int frame) {
            return frame == 0 ? this : new Range(file, frames.subList(frame, frames.size()));
        }
    }

    /**
     * Returns ranges that hold all frames, each once.
     *
     * @param gapMaxBytes two frames of a file closer than this are read in one request, gap included
     */
    static List<Range> of(List<Frame> frames, int gapMaxBytes) {
        List<Frame> sorted = new ArrayList<>(frames);
        sorted.sort(Comparator.<Frame>comparingInt(frame -> frame.file().id).thenComparingInt(Frame::position));
        List<Range> ranges = new ArrayList<>();
        List<Frame> run = new ArrayList<>();
        for (Frame frame : sorted) {
            if (!run.isEmpty() && !belongs(run, frame, gapMaxBytes)) {
                ranges.add(new Range(run.getFirst().file(), List.copyOf(run)));
                run.clear();
            }
            run.add(frame);
        }
        if (!run.isEmpty()) {
            ranges.add(new Range(run.getFirst().file(), List.copyOf(run)));
        }
        return ranges;
    }

    private static boolean belongs(List<Frame> run, Frame frame, int gapMaxBytes) {
        return run.getLast().file() == frame.file()
                && frame.offset() - run.getLast().end() <= gapMaxBytes
                && frame.end() - run.getFirst().offset() <= RANGE_MAX_BYTES;
    }
}
