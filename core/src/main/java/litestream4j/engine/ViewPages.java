package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import litestream4j.ltx.PageSize;

/** Reads the pages of views from the files in which they lie. Safe for all threads. */
final class ViewPages {
    private final PageFetcher fetcher;

    ViewPages(PageFetcher fetcher) {
        this.fetcher = fetcher;
    }

    /** Returns those who have pages fetched ahead of demand. */
    Askers askers() {
        return fetcher.askers();
    }

    /** Sets the size of the pages that are kept in memory. */
    void usePageSize(PageSize pageSize) {
        fetcher.usePageSize(pageSize);
    }

    /**
     * Reads a page where a map says that it lies.
     *
     * @param pages those of the view
     * @param pgno in [1, commit]
     * @param into takes the page; shape: [page size]. Zeros for the lock page. Undefined after a failure
     * @throws MissingPageException if no file of the view holds it
     * @throws litestream4j.replica.ReplicaException.NotFound if its file is gone or replaced
     * @throws CorruptFileException if it is damaged
     */
    void read(Snapshot view, PageMap pages, long pgno, byte[] into, Cancellation cancellation) throws IOException {
        SourceFile file = pages.sourceOf(pgno);
        if (file != null) {
            fetcher.page(file, file.index.find(pgno), into, cancellation);
        } else if (pgno == view.pageSize().lockPage()) {
            Arrays.fill(into, (byte) 0);
        } else {
            throw new MissingPageException(pgno, view);
        }
    }

    /**
     * Reads a page of a view if it is in memory.
     *
     * @param pgno in [1, commit]
     * @param into takes the page; shape: [page size]
     * @return whether it was
     */
    boolean inMemory(Snapshot view, long pgno, byte[] into) {
        SourceFile file = view.pages().sourceOf(pgno);
        try {
            return file != null && fetcher.inMemory(file, file.index.find(pgno), into);
        } catch (CorruptFileException _) {
            return false; // Whoever waits for it is told.
        }
    }

    /** Reads a page of a view if it is in memory or came ahead of demand; any number will do. */
    boolean peek(Snapshot view, long pgno, byte[] into) {
        PageMap pages = view.pages();
        Ranges.Frame frame = pgno < 1 || pgno > pages.pages() ? null : pages.frameOf(pgno);
        return frame != null && fetcher.peek(frame.file(), frame.position(), into);
    }

    /** Tells whether a page of a view is on its way from the store, or came ahead of demand. */
    boolean isComing(Snapshot view, long pgno) {
        Ranges.Frame frame = view.pages().frameOf(pgno);
        return frame != null && fetcher.isComing(frame.key());
    }

    /** Begins to fetch pages of a view that will probably be wanted; returns at once. */
    void fetchAhead(Snapshot view, long[] pgnos, Askers.Asker asker) {
        PageMap pages = view.pages();
        List<Ranges.Frame> frames = new ArrayList<>(pgnos.length);
        for (long pgno : pgnos) {
            Ranges.Frame frame = pgno < 1 || pgno > pages.pages() ? null : pages.frameOf(pgno);
            if (frame != null) {
                frames.add(frame);
            }
        }
        fetcher.fetchAhead(frames, asker);
    }
}
