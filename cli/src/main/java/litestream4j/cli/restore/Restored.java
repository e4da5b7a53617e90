package litestream4j.cli.restore;

import java.time.Instant;
import java.util.List;
import litestream4j.ltx.Commit;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * What a restoration gave.
 *
 * @param files how many were applied
 * @param bytes how many they have together
 * @param hasChecksum whether the last file carries a checksum of the whole database, which was compared
 * @param passedOver what was wrong with files in whose place others could be used
 */
public record Restored(
        Txid txid,
        Instant time,
        PageSize pageSize,
        Commit commit,
        int files,
        long bytes,
        boolean hasChecksum,
        List<String> passedOver) {}
