package litestream4j.testkit;

import java.util.Arrays;
import litestream4j.ltx.Commit;
import org.jspecify.annotations.Nullable;

/** A whole database as it was after one transaction. Immutable; shares the pages that did not change. */
public final class DatabaseImage {
    /** The database before the first transaction. */
    static final DatabaseImage EMPTY = new DatabaseImage(new byte[0][]);

    private final byte[] @Nullable [] pages;

    private DatabaseImage(byte[] @Nullable [] pages) {
        this.pages = pages;
    }

    public Commit commit() {
        return new Commit(pages.length);
    }

    /**
     * Returns a page.
     *
     * @param pgno in [1, commit]
     * @return shared, read only; null for a page that was never written since the database grew over it
     */
    public byte @Nullable [] page(long pgno) {
        return pages[(int) pgno - 1];
    }

    /** Begins the next transaction. */
    Edit edit() {
        return new Edit(pages.clone());
    }

    /** A transaction under way. */
    static final class Edit {
        private byte[] @Nullable [] pages;

        private Edit(byte[] @Nullable [] pages) {
            this.pages = pages;
        }

        int pages() {
            return pages.length;
        }

        void resize(int commit) {
            pages = Arrays.copyOf(pages, commit);
        }

        void set(int pgno, byte[] page) {
            pages[pgno - 1] = page;
        }

        DatabaseImage commit() {
            return new DatabaseImage(pages);
        }
    }
}
