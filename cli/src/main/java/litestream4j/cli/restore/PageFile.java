package litestream4j.cli.restore;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import litestream4j.ltx.Commit;
import litestream4j.ltx.DatabaseChecksum;
import litestream4j.ltx.PageSize;

/**
 * A database file that is put together page by page. Pages that follow each other are written together. Memory: 1 MiB
 * and a page, whatever the size of the database. Not thread-safe.
 */
public final class PageFile {
    private static final int BUFFER_BYTES = 1 << 20;

    private final FileChannel channel;
    private final PageSize pageSize;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long bufferOffset;

    /** Begins with a file that is emptied; it is not closed. */
    public PageFile(FileChannel channel, PageSize pageSize) throws IOException {
        this.channel = channel;
        this.pageSize = pageSize;
        channel.truncate(0);
    }

    public PageSize pageSize() {
        return pageSize;
    }

    /** Writes a page. */
    public void write(long pgno, byte[] page) throws IOException {
        long offset = pageSize.offsetOf(pgno);
        if (offset != bufferOffset + buffer.position() || buffer.remaining() < page.length) {
            flush();
            bufferOffset = offset;
        }
        buffer.put(page);
    }

    /**
     * Reads a page.
     *
     * @param page takes it; shape: [pageSize] bytes
     */
    public void read(long pgno, byte[] page) throws IOException {
        flush();
        ByteBuffer into = ByteBuffer.wrap(page);
        long offset = pageSize.offsetOf(pgno);
        while (into.hasRemaining()) {
            if (channel.read(into, offset + into.position()) < 0) {
                throw new EOFException("page %d is not in the file".formatted(pgno));
            }
        }
    }

    /** Makes the file as large as the database: pages beyond are forgotten, pages that are missing are zeros. */
    void resize(Commit commit) throws IOException {
        flush();
        long bytes = commit.bytes(pageSize);
        channel.truncate(bytes);
        if (channel.size() < bytes) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    /** Returns the rolling checksum of all pages. Reads the whole file. */
    long checksum(Commit commit) throws IOException {
        byte[] page = new byte[pageSize.bytes()];
        long checksum = DatabaseChecksum.EMPTY;
        for (long pgno = 1; pgno <= commit.pages(); pgno++) {
            if (pgno != pageSize.lockPage()) {
                read(pgno, page);
                checksum = DatabaseChecksum.combine(checksum, DatabaseChecksum.page(pgno, page));
            }
        }
        return checksum;
    }

    private void flush() throws IOException {
        buffer.flip();
        long offset = bufferOffset;
        while (buffer.hasRemaining()) {
            offset += channel.write(buffer, offset);
        }
        buffer.clear();
        bufferOffset = offset;
    }
}
