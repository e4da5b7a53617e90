package litestream4j.cli.publish;

import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;

/** What publishing did. */
public sealed interface Publication {
    /** Returns the newest transaction of the replica now. */
    Txid txid();

    /** The replica has all that the database holds; nothing was written. */
    record Unchanged(Txid txid) implements Publication {}

    /**
     * A file was added.
     *
     * @param pages pages in the file
     * @param commit size of the database now
     * @param bytes size of the file
     * @param time the time that the file is stamped with
     */
    record Added(Level level, LtxFileName name, PageSize pageSize, long pages, Commit commit, long bytes, Instant time)
            implements Publication {
        @Override
        public Txid txid() {
            return name.max();
        }
    }
}
