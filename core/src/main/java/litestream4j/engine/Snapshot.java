package litestream4j.engine;

import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * The database as it was after one transaction: a view. Everything that a reader can see in a read transaction comes
 * from one such value. Immutable in what it means; safe for all threads.
 */
public final class Snapshot {
    private final Txid txid;
    private final PageSize pageSize;
    private final Commit commit;
    private final Instant timestamp;
    private final int epoch;

    /**
     * Where the pages lie. Replaced when files of the plan disappear and the same state can be had from others: the
     * places differ then, the bytes do not.
     */
    private volatile PageMap pages;

    Snapshot(Txid txid, PageSize pageSize, Instant timestamp, int epoch, PageMap pages) {
        this.txid = txid;
        this.pageSize = pageSize;
        this.commit = new Commit(pages.pages());
        this.timestamp = timestamp;
        this.epoch = epoch;
        this.pages = pages;
    }

    /** Returns the last transaction in the view. */
    public Txid txid() {
        return txid;
    }

    public PageSize pageSize() {
        return pageSize;
    }

    /** Returns the size of the database. */
    public Commit commit() {
        return commit;
    }

    /** Returns the time of the last transaction, in whole milliseconds. */
    public Instant timestamp() {
        return timestamp;
    }

    /** Returns a number that no other view of the process has. Serves as the database's change counter. */
    public int epoch() {
        return epoch;
    }

    PageMap pages() {
        return pages;
    }

    void relocate(PageMap elsewhere) {
        assert elsewhere.pages() == commit.pages();
        pages = elsewhere;
    }

    @Override
    public String toString() {
        return "txid %s (%d pages of %d bytes, %s)".formatted(txid, commit.pages(), pageSize.bytes(), timestamp);
    }
}
