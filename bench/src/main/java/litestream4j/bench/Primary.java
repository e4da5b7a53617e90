package litestream4j.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * A database that is written to by SQLite, and turned into LTX files: after each step, the pages that differ from the
 * step before. In WAL mode, as every primary of Litestream. Used by one thread.
 */
final class Primary implements AutoCloseable {
    static final PageSize PAGE_SIZE = new PageSize(4096);

    /** Where the first frame of a WAL lies, in bytes. */
    private static final int WAL_HEADER_BYTES = 32;

    private static final int WAL_FRAME_BYTES = 24 + 4096;

    /** Of the WAL, which a primary on level 0 goes on writing; any number but 0. */
    private static final int WAL_SALT = 0x5eed;

    private final Path file;
    private final Connection connection;

    /** The database as it was when the last file was made. */
    private byte[] image;

    private long walOffset = WAL_HEADER_BYTES;

    private Primary(Path file, Connection connection, byte[] image) {
        this.file = file;
        this.connection = connection;
        this.image = image;
    }

    /** Begins a database, without any page. */
    static Primary create(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = " + PAGE_SIZE.bytes());
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = OFF");
        }
        return new Primary(file, connection, new byte[0]);
    }

    /** Goes on with a database, whose present state counts as replicated. */
    static Primary resume(Path file) throws IOException, SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        return new Primary(file, connection, Files.readAllBytes(file));
    }

    Connection connection() {
        return connection;
    }

    /**
     * Makes the file of all that changed since the last one.
     *
     * @param min first transaction in it; all pages are written if it is 1
     * @param max last transaction in it; a file of one transaction says its place in the WAL, as those of level 0 do
     */
    byte[] publish(Txid min, Txid max, long timestampMillis) throws IOException, SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        byte[] now = Files.readAllBytes(file);
        int pages = now.length / PAGE_SIZE.bytes();
        int[] changed = changedPages(now, pages);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxWriter writer = new LtxWriter(out, header(min, max, pages, changed.length, timestampMillis));
        for (int page : changed) {
            int from = page * PAGE_SIZE.bytes();
            writer.page(page + 1L, Arrays.copyOfRange(now, from, from + PAGE_SIZE.bytes()));
        }
        writer.finish(0);
        image = now;
        return out.toByteArray();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private LtxHeader header(Txid min, Txid max, int pages, int changed, long timestampMillis) {
        Commit commit = new Commit(pages);
        if (!min.equals(max)) {
            return LtxHeader.noChecksum(PAGE_SIZE, commit, min, max, timestampMillis);
        }
        long offset = walOffset;
        long size = (long) changed * WAL_FRAME_BYTES;
        walOffset += size;
        return new LtxHeader(
                true, PAGE_SIZE, commit, min, max, timestampMillis, 0, offset, size, WAL_SALT, WAL_SALT, 0);
    }

    /** Returns the pages that differ, counted from 0. */
    private int[] changedPages(byte[] now, int pages) {
        int[] changed = new int[pages];
        int count = 0;
        for (int page = 0; page < pages; page++) {
            int from = page * PAGE_SIZE.bytes();
            int to = from + PAGE_SIZE.bytes();
            if (to > image.length || !Arrays.equals(now, from, to, image, from, to)) {
                changed[count++] = page;
            }
        }
        return Arrays.copyOf(changed, count);
    }
}
