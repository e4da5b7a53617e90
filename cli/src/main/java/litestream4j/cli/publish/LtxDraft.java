package litestream4j.cli.publish;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import litestream4j.ltx.DatabaseChecksum;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxTrailer;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.Txid;

/**
 * Finds the pages of a database that changed, and writes them to a local LTX file.
 *
 * <p>The file has no database checksums, although they would be at hand. All that Litestream writes is so, and its
 * programs are not made for others: its compaction fails where files with and without meet, and so does its hydration.
 */
final class LtxDraft {
    private final DatabaseCopy database;
    private final long[] checksums;

    LtxDraft(DatabaseCopy database) throws IOException {
        this.database = database;
        this.checksums = new long[Math.toIntExact(database.commit().pages())];
        byte[] page = new byte[database.pageSize().bytes()];
        for (int i = 0; i < checksums.length; i++) {
            if (i + 1 != database.pageSize().lockPage()) {
                database.page(i + 1, page);
                checksums[i] = DatabaseChecksum.page(i + 1, page);
            }
        }
    }

    /** Returns the checksums of all pages, as {@link PublishedState} keeps them. */
    long[] checksums() {
        return checksums;
    }

    /** Tells whether a database with these pages is the same. */
    boolean isSame(long[] before) {
        return Arrays.equals(checksums, before);
    }

    /**
     * Returns the pages that differ, by number. A page beyond the end of the former state differs, whatever it holds:
     * readers expect every page by which a database grew.
     *
     * @param before shape: [former commit]
     */
    BitSet changedSince(long[] before) {
        BitSet changed = new BitSet();
        for (int i = 0; i < checksums.length; i++) {
            boolean same = i < before.length && before[i] == checksums[i];
            if (!same && i + 1 != database.pageSize().lockPage()) {
                changed.set(i + 1);
            }
        }
        return changed;
    }

    /** Writes pages to a file that leads from {@code min} to {@code max}. */
    LtxTrailer write(Path file, Txid min, Txid max, long timestampMillis, BitSet pages) throws IOException {
        LtxHeader header = LtxHeader.noChecksum(database.pageSize(), database.commit(), min, max, timestampMillis);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            LtxWriter writer = new LtxWriter(out, header);
            byte[] page = new byte[database.pageSize().bytes()];
            for (int pgno = pages.nextSetBit(1); pgno >= 0; pgno = pages.nextSetBit(pgno + 1)) {
                database.page(pgno, page);
                writer.page(pgno, page);
            }
            return writer.finish(0);
        }
    }
}
