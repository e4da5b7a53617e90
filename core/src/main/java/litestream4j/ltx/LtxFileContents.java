package litestream4j.ltx;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A small LTX file that is held in memory, all of it verified. Immutable as long as nobody changes the bytes it
 * was made from, so safe for use by many threads.
 */
public final class LtxFileContents {
    private final String file;
    private final byte[] whole;
    private final LtxHeader header;
    private final PageIndex index;
    private final LtxTrailer trailer;

    private LtxFileContents(String file, byte[] whole, LtxHeader header, PageIndex index, LtxTrailer trailer) {
        this.file = file;
        this.whole = whole;
        this.header = header;
        this.index = index;
        this.trailer = trailer;
    }

    /**
     * Reads and verifies a file, to the extent that {@link LtxReader} does.
     *
     * @param name what the file is named in the replica, unless that is not to be checked
     * @param file name of the file, for messages
     * @param whole all bytes of the file; kept, not copied
     * @throws LtxFormatException if the file is not valid, or its name says other transactions than its header
     */
    public static LtxFileContents parse(@Nullable LtxFileName name, String file, byte[] whole)
            throws LtxFormatException {
        try {
            LtxReader reader = new LtxReader(file, whole);
            LtxHeader header = reader.header();
            if (name != null && !name.equals(header.name())) {
                throw new LtxFormatException(file, 16, "TXIDs", name + " by the file's name", header.name());
            }
            LtxTrailer trailer = reader.finish();
            return new LtxFileContents(file, whole, header, reader.index(), trailer);
        } catch (LtxFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("reading from memory failed", e);
        }
    }

    public LtxHeader header() {
        return header;
    }

    public PageIndex index() {
        return index;
    }

    public LtxTrailer trailer() {
        return trailer;
    }

    /** Returns the size of the file, in bytes; all of them are held. */
    public int bytes() {
        return whole.length;
    }

    /** Tells whether the file holds a page. */
    public boolean holds(long pgno) {
        return index.find(pgno) >= 0;
    }

    /**
     * Decodes a page into a new array; shape: [pageSize] bytes.
     *
     * @throws IllegalArgumentException if the file does not hold the page
     * @throws LtxFormatException if somebody changed the bytes since they were verified
     */
    public byte[] page(long pgno) throws LtxFormatException {
        byte[] page = new byte[header.pageSize().bytes()];
        page(pgno, page);
        return page;
    }

    /**
     * Decodes a page.
     *
     * @param page takes the page; shape: [pageSize] bytes
     * @throws IllegalArgumentException if the file does not hold the page
     * @throws LtxFormatException if somebody changed the bytes since they were verified
     */
    public void page(long pgno, byte[] page) throws LtxFormatException {
        int i = index.find(pgno);
        if (i < 0) {
            throw new IllegalArgumentException(file + " does not hold page " + pgno + ", only " + index);
        }
        long offset = index.offset(i);
        FrameDecoder.decode(file, offset, whole, (int) offset, index.frameBytes(i), pgno, header.pageSize(), page);
    }
}
