package litestream4j.engine;

import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/**
 * The database as it was after one transaction: a view. Everything that a reader can see in a read transaction comes
 * from one such value. Immutable in what it means; safe for all threads.
 */
public final class Snapshot {
    private final SourceFile last;
    private final Commit commit;
    private final int lineage;
    private final int epoch;
    private final int era;

    /**
     * Where the pages lie. Replaced when files of the plan disappear and the same state can be had from others: the
     * places differ then, the bytes do not.
     */
    private volatile PageMap pages;

    /** Nothing leads to the pages any more, as it seems. */
    private volatile boolean lost;

    /** When other places for the pages were looked for in vain, by the monotonic clock. */
    private volatile @Nullable Long soughtAt;

    /**
     * Makes a view.
     *
     * @param last the file that ends with the view's transaction
     * @param lineage the same in views that are known to belong to one history of the database
     * @param era see {@link #era}
     */
    Snapshot(SourceFile last, int lineage, int epoch, int era, PageMap pages) {
        this.last = last;
        this.commit = new Commit(pages.pages());
        this.lineage = lineage;
        this.epoch = epoch;
        this.era = era;
        this.pages = pages;
    }

    /** Returns the last transaction in the view. */
    public Txid txid() {
        return last.txid();
    }

    public PageSize pageSize() {
        return last.pageSize();
    }

    /** Returns the size of the database. */
    public Commit commit() {
        return commit;
    }

    /** Returns the time of the last transaction, in whole milliseconds. */
    public Instant timestamp() {
        return last.timestamp();
    }

    /** Returns a number that no other view of the process has. Serves as the database's change counter. */
    public int epoch() {
        return epoch;
    }

    /**
     * Returns the number of the first of the views that came one of the other, each by files that held some of its
     * pages only. Of two views with different numbers, one database may have been put in the place of the other.
     */
    public int era() {
        return era;
    }

    SourceFile last() {
        return last;
    }

    int lineage() {
        return lineage;
    }

    boolean isLost() {
        return lost;
    }

    void setLost(boolean lost) {
        this.lost = lost;
    }

    /** Takes note that other places for the pages were looked for in vain. */
    void soughtInVain(long nanos) {
        soughtAt = nanos;
    }

    /** Tells whether other places for the pages were looked for in vain a short while ago. */
    boolean wasSought(long nanos, long within) {
        Long at = soughtAt;
        return at != null && nanos - at < within;
    }

    PageMap pages() {
        return pages;
    }

    /**
     * Tells whether another view of the same transaction is beyond doubt the same state of the same history.
     *
     * <p>Files that end with one transaction carry the time at which it was made, however often they were merged;
     * only a snapshot carries a time of its own.
     */
    boolean isSameAs(Snapshot other) {
        if (!txid().equals(other.txid())
                || !commit.equals(other.commit)
                || !pageSize().equals(other.pageSize())) {
            return false;
        }
        if (saysTime(last) && saysTime(other.last)) {
            return timestamp().equals(other.timestamp());
        }
        return lineage == other.lineage;
    }

    private static boolean saysTime(SourceFile file) {
        return !file.file.level().isSnapshot() && file.header.timestampMillis() != 0;
    }

    void relocate(PageMap elsewhere) {
        assert elsewhere.pages() == commit.pages();
        pages = elsewhere;
    }

    @Override
    public String toString() {
        return "txid %s (%d pages of %d bytes, %s)"
                .formatted(txid(), commit.pages(), pageSize().bytes(), timestamp());
    }
}
