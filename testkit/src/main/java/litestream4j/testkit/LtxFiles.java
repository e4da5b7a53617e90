package litestream4j.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;

/** Encodes LTX files in memory. */
final class LtxFiles {
    private LtxFiles() {}

    /**
     * Returns a file.
     *
     * @param image where the pages are taken from
     * @param pages in ascending order; those that the image does not have are left out
     */
    static byte[] encode(LtxHeader header, DatabaseImage image, Collection<Integer> pages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            LtxWriter writer = new LtxWriter(out, header);
            for (int pgno : pages) {
                byte[] page = pgno > image.commit().pages() ? null : image.page(pgno);
                if (page != null) {
                    writer.page(pgno, page);
                }
            }
            writer.finish(0);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }
}
