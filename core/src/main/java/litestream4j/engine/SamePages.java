package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import litestream4j.replica.ReplicaException;

/**
 * Tells by some pages whether a snapshot that ends with a view's transaction is of the view's database. A snapshot has
 * a time of its own, and one of another database may have come under the number of the last transaction. Safe for all
 * threads.
 */
final class SamePages {
    /** Compared one after the other, each for a request at most; a page that was not written since tells nothing. */
    private static final int PAGES_MAX = 16;

    private final PageFetcher fetcher;

    SamePages(PageFetcher fetcher) {
        this.fetcher = fetcher;
    }

    /**
     * Looks whether the pages that a view's last transaction wrote, and the first of the database, are the same in
     * another view of that transaction.
     *
     * @param found of the same size as the view
     * @return false if they differ; true also if it cannot be told, as where the view's own files went
     */
    boolean mayBeSame(Snapshot view, Snapshot found) throws IOException {
        if (view.last().file.equals(found.last().file)
                || view.last().file.level().isSnapshot()
                || !found.last().file.level().isSnapshot()) {
            return true;
        }
        byte[] had = new byte[view.pageSize().bytes()];
        byte[] other = new byte[had.length];
        for (Ranges.Frame frame : telling(view)) {
            if (read(frame, had)) {
                Ranges.Frame place = found.pages().frameOf(frame.file().index.pgno(frame.position()));
                if (place == null) {
                    return false;
                }
                page(place, other);
                if (!Arrays.equals(had, other)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns places of pages in the view's own files. */
    private static List<Ranges.Frame> telling(Snapshot view) {
        List<Ranges.Frame> frames = new ArrayList<>();
        Ranges.Frame first = view.pages().frameOf(1);
        if (first != null) {
            frames.add(first); // With the change counter and the size, and mostly in memory.
        }
        SourceFile last = view.last();
        if (last.file.size() <= FileLoader.WHOLE_MAX_BYTES) {
            for (int position = 0; position < last.index.size() && frames.size() < PAGES_MAX; position++) {
                if (last.index.pgno(position) != 1) {
                    frames.add(new Ranges.Frame(last, position));
                }
            }
        }
        return frames;
    }

    private boolean read(Ranges.Frame frame, byte[] into) throws IOException {
        try {
            page(frame, into);
            return true;
        } catch (ReplicaException.NotFound | CorruptFileException _) {
            return false;
        }
    }

    private void page(Ranges.Frame frame, byte[] into) throws IOException {
        fetcher.page(frame.file(), frame.position(), into, Cancellation.NEVER);
    }
}
