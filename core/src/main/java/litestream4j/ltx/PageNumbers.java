package litestream4j.ltx;

import org.jspecify.annotations.Nullable;

/** The rules for the page numbers of one file, in the order of its frames. */
final class PageNumbers {
    private final String file;
    private final long pgnoMax;
    private final long lockPage;
    private long previous;

    /** A rule whose header field is not known is left out. */
    PageNumbers(String file, @Nullable Commit commit, @Nullable PageSize pageSize) {
        this.file = file;
        this.pgnoMax = commit == null ? Commit.PAGES_MAX : commit.pages();
        this.lockPage = pageSize == null ? 0 : pageSize.lockPage();
    }

    /** Returns the number checked last, or 0. */
    long previous() {
        return previous;
    }

    /**
     * Takes the next page number.
     *
     * @param offset where in the file it stands, for the message
     * @throws LtxFormatException if it does not ascend, is beyond the commit, or is that of the lock page
     */
    void check(long offset, long pgno) throws LtxFormatException {
        if (pgno <= previous || pgno > pgnoMax) {
            String expected = "[%d, %d]".formatted(previous + 1, pgnoMax);
            throw new LtxFormatException(file, offset, "page number", expected, Long.toUnsignedString(pgno));
        }
        if (pgno == lockPage) {
            throw new LtxFormatException(file, offset, "page number", "any but the lock page", pgno);
        }
        previous = pgno;
    }

    /**
     * Returns the page that comes next in a snapshot, or beyond the commit if none does.
     *
     * @param pgno a page of the snapshot; 0 for the begin
     */
    static long nextOfSnapshot(long pgno, PageSize pageSize) {
        return pgno + 1 == pageSize.lockPage() ? pgno + 2 : pgno + 1;
    }
}
