package litestream4j.cli.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.HexFormat;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxReader;
import litestream4j.ltx.LtxTrailer;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/**
 * Applies files, one after the other, to one database file, and checks what only shows between them: the page size,
 * that a database that grows gets all pages by which it grew, and the database checksums of files that carry them. What
 * a file says of itself is for {@link LtxReader} to check. Not thread-safe; of no more use after an exception.
 */
public final class Chain {
    private final FileChannel channel;
    private @Nullable PageFile pages;
    private @Nullable LtxHeader last;
    private long checksum;

    /** Begins with an empty database; the file is emptied with the first page. */
    public Chain(FileChannel channel) {
        this.channel = channel;
    }

    /** Returns the transaction that is reached. */
    public Txid txid() {
        return last == null ? Txid.NONE : last.max();
    }

    /** Returns the header of the file that was applied last. */
    public LtxHeader last() {
        if (last == null) {
            throw new IllegalStateException("no file was applied yet");
        }
        return last;
    }

    /** Returns the database as it is; one file at least was applied. */
    public PageFile pages() {
        if (pages == null) {
            throw new IllegalStateException("no file was applied yet");
        }
        return pages;
    }

    /**
     * Applies a file.
     *
     * @param label names it in messages
     * @param reader at its begin
     * @throws LtxFormatException if it is not valid, or does not follow those before
     */
    public void apply(String label, LtxReader reader) throws IOException {
        LtxHeader header = reader.header();
        PageFile file = begin(label, header);
        Commit before = last == null || header.isSnapshot() ? new Commit(0) : last.commit();
        if (header.commit().compareTo(before) < 0) {
            file.resize(header.commit());
        }
        long grown = 0;
        while (reader.next()) {
            file.write(reader.pgno(), reader.page());
            grown += reader.pgno() > before.pages() ? 1 : 0;
        }
        checkGrowth(label, header, before, grown);
        end(header, reader.finish());
        file.resize(header.commit());
    }

    private PageFile begin(String label, LtxHeader header) throws IOException {
        PageFile file = pages;
        if (file == null) {
            file = new PageFile(channel, header.pageSize());
            pages = file;
        }
        PageSize pageSize = file.pageSize();
        if (!header.pageSize().equals(pageSize)) {
            throw new LtxFormatException(
                    label,
                    8,
                    "page size",
                    pageSize.bytes() + " as in the files before",
                    header.pageSize().bytes());
        }
        boolean follows = last != null && last.max().next().equals(header.min());
        if (follows && checksum != 0 && !header.noChecksum() && header.preApplyChecksum() != checksum) {
            throw new LtxFormatException(
                    label,
                    40,
                    "pre-apply checksum",
                    hex(checksum) + " as after the file before",
                    hex(header.preApplyChecksum()));
        }
        return file;
    }

    private static void checkGrowth(String label, LtxHeader header, Commit before, long grown)
            throws LtxFormatException {
        long lockPage = header.pageSize().lockPage();
        boolean overLockPage =
                lockPage > before.pages() && lockPage <= header.commit().pages();
        long expected = Math.max(0, header.commit().pages() - before.pages()) - (overLockPage ? 1 : 0);
        if (grown != expected) {
            throw new LtxFormatException(
                    label,
                    12,
                    "pages beyond the former end of the database",
                    "all %d from %d to %d"
                            .formatted(
                                    expected,
                                    before.pages() + 1,
                                    header.commit().pages()),
                    grown);
        }
    }

    private void end(LtxHeader header, LtxTrailer trailer) {
        last = header;
        checksum = trailer.postApplyChecksum();
    }

    /**
     * Takes a snapshot of the transaction that is reached for what is there already.
     *
     * @param reader at its end
     */
    public void confirm(LtxReader reader) throws IOException {
        end(reader.header(), reader.finish());
    }

    /**
     * Checks the database as it is now against the checksum that the last file carries, if it carries one.
     *
     * @return whether it does
     * @throws LtxFormatException if it is another
     */
    public boolean checkDatabase(String label) throws IOException {
        if (checksum == 0) {
            return false;
        }
        long found = pages().checksum(last().commit());
        if (found != checksum) {
            throw new LtxFormatException(
                    label, 0, "post-apply checksum in the trailer", hex(found) + " by the pages", hex(checksum));
        }
        return true;
    }

    /** Returns the time of the last transaction. */
    public Instant time() {
        return last().timestamp();
    }

    private static String hex(long checksum) {
        return HexFormat.of().toHexDigits(checksum);
    }
}
