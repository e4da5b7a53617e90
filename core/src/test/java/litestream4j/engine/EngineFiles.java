package litestream4j.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.SortedSet;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageIndex;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;

/** Files of a replica, as the engine knows them after loading. */
final class EngineFiles {
    private static final PageSize PAGE_SIZE = new PageSize(512);

    private EngineFiles() {}

    /** Makes a file of empty pages; transaction 2 or later, so that it need not hold all pages. */
    static SourceFile file(int txid, long commit, SortedSet<Long> pages) {
        LtxHeader header = LtxHeader.noChecksum(PAGE_SIZE, new Commit(commit), new Txid(txid), new Txid(txid), 1000);
        LtxFile file = new LtxFile(Level.L0, header.name(), 1000, Instant.EPOCH, "v" + txid);
        return new SourceFile(txid, file, header, index(header, pages));
    }

    private static PageIndex index(LtxHeader header, SortedSet<Long> pages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] page = new byte[PAGE_SIZE.bytes()];
        try {
            LtxWriter writer = new LtxWriter(out, header);
            for (long pgno : pages) {
                writer.page(pgno, page);
            }
            writer.finish(0);
            return LtxFileContents.parse(header.name(), "file", out.toByteArray())
                    .index();
        } catch (LtxFormatException e) {
            throw new AssertionError("a file that was just written is not valid", e);
        } catch (IOException e) {
            throw new AssertionError("writing to memory failed", e);
        }
    }
}
