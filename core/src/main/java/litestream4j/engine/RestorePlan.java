package litestream4j.engine;

import java.util.List;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * The files that, applied in order, give the database at a target.
 *
 * @param files in order of application; not empty
 */
public record RestorePlan(List<LtxFile> files) {
    public RestorePlan {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("a plan has at least one file");
        }
    }

    /** Returns the transaction that the plan reaches. */
    public Txid txid() {
        return files.getLast().max();
    }
}
