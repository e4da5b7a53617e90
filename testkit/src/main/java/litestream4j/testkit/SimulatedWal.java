package litestream4j.testkit;

import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/** The place in the write-ahead log that a {@link SimulatedPrimary} writes at: files tell it. */
final class SimulatedWal {
    private static final int HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;

    private long offset;
    private int salt1;
    private int salt2;

    /** Begins another one: the first salt grows by one. */
    void begin(int newSalt2) {
        offset = HEADER_BYTES;
        salt1++;
        salt2 = newSalt2;
    }

    /** Begins that of a database that had none: the first salt is as good as random as well. */
    void beginFirst(int newSalt2, int era) {
        begin(newSalt2);
        salt1 = Integer.rotateLeft(newSalt2, 16) ^ era;
    }

    /** Goes back to where a transaction ended. */
    void goOnAfter(LtxHeader last) {
        salt1 = last.walSalt1();
        salt2 = last.walSalt2();
        offset = last.walOffset() + last.walSize();
    }

    /** Takes in a transaction, and returns what its file says of it. */
    LtxHeader append(PageSize pageSize, Commit commit, Txid txid, Instant time, int pages) {
        long bytes = (long) pages * (FRAME_HEADER_BYTES + pageSize.bytes());
        LtxHeader header = new LtxHeader(
                true, pageSize, commit, txid, txid, time.toEpochMilli(), 0, offset, bytes, salt1, salt2, 0);
        offset += bytes;
        return header;
    }
}
