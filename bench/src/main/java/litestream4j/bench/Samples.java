package litestream4j.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.Txid;

/** Input of the JMH benchmarks; the same in each run. */
public final class Samples {
    private Samples() {}

    /** Returns a page of 4 KiB that LZ4 makes some six tenths of, as it does with tables of text. */
    public static byte[] textPage(long seed) {
        return new Words(new SplittableRandom(seed))
                .text(Primary.PAGE_SIZE.bytes())
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns a page of 4 KiB that LZ4 cannot make smaller. */
    public static byte[] noisePage(long seed) {
        byte[] page = new byte[Primary.PAGE_SIZE.bytes()];
        new SplittableRandom(seed).nextBytes(page);
        return page;
    }

    /** Deletes a folder with all that is in it. */
    public static void delete(Path folder) throws IOException {
        ReplicaMaker.delete(folder);
    }

    /**
     * Writes a replica of one snapshot to a new temporary folder. Its pages are no database: for reads below SQLite.
     *
     * @return the folder
     */
    public static Path replica(int pages) throws IOException {
        Path folder = Files.createTempDirectory("litestream4j-bench-");
        Path level = Files.createDirectories(folder.resolve("ltx/9"));
        Txid first = new Txid(1);
        LtxHeader header = LtxHeader.noChecksum(Primary.PAGE_SIZE, new Commit(pages), first, first, 1);
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(level.resolve(header.name().toString())))) {
            LtxWriter writer = new LtxWriter(out, header);
            for (int pgno = 1; pgno <= pages; pgno++) {
                writer.page(pgno, textPage(pgno));
            }
            writer.finish(0);
        }
        return folder;
    }
}
