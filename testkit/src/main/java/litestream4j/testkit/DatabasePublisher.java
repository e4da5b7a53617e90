package litestream4j.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * Publishes a database file as a replica in a folder: each call adds a transaction to level 0, the first with all
 * pages, the later ones with those that changed. The file must be at rest, its WAL checkpointed.
 */
public final class DatabasePublisher {
    private static final int PAGE_SIZE_OFFSET = 16;

    /** The value that stands for 65536 in the two bytes of a database's header. */
    private static final int PAGE_SIZE_65536 = 1;

    private final Path replica;
    private Txid txid = Txid.NONE;

    /** What was published last; empty before. Kept by page, since a database may be larger than an array. */
    private byte[][] published = {};

    public DatabasePublisher(Path replica) {
        this.replica = replica;
    }

    /** Publishes the present state; returns its transaction. */
    public Txid publish(Path database, Instant time) throws IOException {
        byte[][] pages = read(database);
        txid = txid.next();
        PageSize pageSize = new PageSize(pages[0].length);
        LtxHeader header = LtxHeader.noChecksum(pageSize, new Commit(pages.length), txid, txid, time.toEpochMilli());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxWriter writer = new LtxWriter(out, header);
        for (int i = 0; i < pages.length; i++) {
            boolean changed = i >= published.length || !Arrays.equals(pages[i], published[i]);
            if (changed && i + 1 != pageSize.lockPage()) {
                writer.page(i + 1, pages[i]);
            }
        }
        writer.finish(0);
        published = pages;
        store(out, time);
        return txid;
    }

    private void store(ByteArrayOutputStream content, Instant time) throws IOException {
        Path folder = Files.createDirectories(replica.resolve("ltx/0"));
        Path part = folder.resolve("part.tmp");
        try (OutputStream out = Files.newOutputStream(part)) {
            content.writeTo(out);
        }
        Files.setLastModifiedTime(part, FileTime.from(time));
        Files.move(part, folder.resolve(LtxFileName.of(txid).toString()));
    }

    private static byte[][] read(Path database) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "r")) {
            file.seek(PAGE_SIZE_OFFSET);
            int field = file.readUnsignedShort();
            int pageBytes = field == PAGE_SIZE_65536 ? 65536 : field;
            byte[][] pages = new byte[(int) (file.length() / pageBytes)][];
            byte[] zeros = new byte[pageBytes];
            file.seek(0);
            byte[] page = new byte[pageBytes];
            for (int i = 0; i < pages.length; i++) {
                file.readFully(page);
                // One array for all empty pages: of a sparse file of 1 GiB nearly all are.
                pages[i] = Arrays.equals(page, zeros) ? zeros : page.clone();
            }
            return pages;
        }
    }
}
