package litestream4j.engine;

import java.time.Instant;
import litestream4j.ltx.Commit;
import litestream4j.ltx.FrameIndex;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * A file whose header and index are known, so that its pages can be read. Pages and cache entries name the file
 * that they come from by this object, never by page number alone: what it stands for never changes.
 */
final class SourceFile {
    /** Unique in the engine; part of the cache's keys. */
    final int id;

    final LtxFile file;
    final LtxHeader header;
    final FrameIndex index;

    /** Level and name, for messages; made once, since it goes along with each page that is decoded. */
    private final String label;

    SourceFile(int id, LtxFile file, LtxHeader header, FrameIndex index) {
        this.id = id;
        this.file = file;
        this.header = header;
        this.index = index;
        this.label = file.label();
    }

    Txid txid() {
        return header.max();
    }

    Commit commit() {
        return header.commit();
    }

    PageSize pageSize() {
        return header.pageSize();
    }

    Instant timestamp() {
        return Instant.ofEpochMilli(header.timestampMillis());
    }

    String label() {
        return label;
    }
}
