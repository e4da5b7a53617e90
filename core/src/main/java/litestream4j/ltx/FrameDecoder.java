package litestream4j.ltx;

import java.util.Objects;

/**
 * Decodes single page frames, as they come from a ranged read or a stream. Stateless, so safe for use by many
 * threads.
 *
 * <pre>
 * page number: u32 | flags 1: u16 | payload size: u32 | LZ4 block      ({@link PageEncoding#BLOCK})
 * page number: u32 | flags 0: u16 | LZ4 frame                          ({@link PageEncoding#FRAME})
 * </pre>
 *
 * <p>A wrong byte in a block may give a wrong page: only the checksum of the whole file shows that.
 */
public final class FrameDecoder {
    /** Page number and flags, in bytes. As zeros, they are the end-of-pages mark. */
    static final int PAGE_HEADER_BYTES = 6;

    /** What stands before the payload of a frame with an LZ4 block, in bytes. */
    static final int BLOCK_PREFIX_BYTES = PAGE_HEADER_BYTES + Integer.BYTES;

    private FrameDecoder() {}

    /** Returns the greatest size that a page frame may have, in bytes. It is more than that of the page. */
    public static int frameBytesMax(PageSize pageSize) {
        return Math.max(BLOCK_PREFIX_BYTES + blockBytesMax(pageSize), PAGE_HEADER_BYTES + Lz4Frame.bytesMax(pageSize));
    }

    /** Returns the greatest size of an LZ4 block that decodes to one page: that of one that does not compress. */
    static int blockBytesMax(PageSize pageSize) {
        return pageSize.bytes() + pageSize.bytes() / 255 + 16;
    }

    /**
     * Decodes a frame into a new page.
     *
     * @return the page; shape: [pageSize] bytes
     * @throws LtxFormatException as {@link #decode(String, long, byte[], int, int, long, PageSize, byte[])} does
     */
    public static byte[] decode(
            String file, long offset, byte[] frame, int from, int length, long pgno, PageSize pageSize)
            throws LtxFormatException {
        byte[] page = new byte[pageSize.bytes()];
        decode(file, offset, frame, from, length, pgno, pageSize, page);
        return page;
    }

    /**
     * Decodes a frame.
     *
     * @param file name of the file, for messages
     * @param offset where in the file the frame begins, for messages
     * @param frame holds the frame in {@code [from, from + length)}
     * @param from a place in {@code frame}
     * @param length of the frame, in bytes, from the page index
     * @param pgno the page that is wanted
     * @param pageSize of the database
     * @param page takes the page; shape: [pageSize] bytes. Its content is undefined after an exception
     * @throws LtxFormatException if this is no frame of that page, or is not decoded to a page by exactly these
     *     bytes
     */
    public static void decode(
            String file, long offset, byte[] frame, int from, int length, long pgno, PageSize pageSize, byte[] page)
            throws LtxFormatException {
        Objects.checkFromIndexSize(from, length, frame.length);
        if (page.length != pageSize.bytes()) {
            throw new IllegalArgumentException(
                    "page: expected room for %d bytes, found %d".formatted(pageSize.bytes(), page.length));
        }
        if (length < PAGE_HEADER_BYTES) {
            throw new LtxFormatException(file, offset, "page frame", "> " + PAGE_HEADER_BYTES + " bytes", length);
        }
        PageEncoding encoding = PageEncoding.ofFlags(file, offset, BigEndian.u16(frame, from + Integer.BYTES));
        long found = BigEndian.u32(frame, from);
        if (found != pgno) {
            throw new LtxFormatException(file, offset, "page number", pgno, found);
        }
        switch (encoding) {
            case BLOCK -> decodeBlock(file, offset, frame, from, length, page);
            case FRAME ->
                Lz4Frame.decode(
                        file,
                        offset + PAGE_HEADER_BYTES,
                        frame,
                        from + PAGE_HEADER_BYTES,
                        length - PAGE_HEADER_BYTES,
                        page);
        }
    }

    private static void decodeBlock(String file, long offset, byte[] frame, int from, int length, byte[] page)
            throws LtxFormatException {
        int payloadBytes = length - BLOCK_PREFIX_BYTES;
        long stored = payloadBytes < 0 ? -1 : BigEndian.u32(frame, from + PAGE_HEADER_BYTES);
        if (stored != payloadBytes) {
            String expected = payloadBytes < 0 ? "4 bytes" : payloadBytes + " by the size of the frame";
            String found = payloadBytes < 0 ? "the end of the page frame" : Long.toString(stored);
            throw new LtxFormatException(file, offset + PAGE_HEADER_BYTES, "payload size", expected, found);
        }
        int payload = from + BLOCK_PREFIX_BYTES;
        int n = Lz4Block.decode(frame, payload, payloadBytes, page, 0, page.length, 0);
        if (n < 0) {
            throw malformedBlock(file, offset + (~n - from), page.length);
        }
        if (n != page.length) {
            throw new LtxFormatException(file, offset, "decoded size", page.length + " bytes", n + " bytes");
        }
    }

    static LtxFormatException malformedBlock(String file, long offset, int pageBytes) {
        String expected = "a block that decodes to %d bytes".formatted(pageBytes);
        return new LtxFormatException(file, offset, "lz4 block", expected, "a malformed or longer one");
    }
}
