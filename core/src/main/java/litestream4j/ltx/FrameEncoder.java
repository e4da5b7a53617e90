package litestream4j.ltx;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Makes page frames, one at a time in the same array. Not thread-safe. */
final class FrameEncoder {
    /** The LZ4 frame's magic, its flags and block size code (at most 64 KiB), and the header checksum. */
    private static final int LZ4_START_BYTES = 7;

    private static final int LZ4_FLAGS = Lz4Frame.VERSION | Lz4Frame.INDEPENDENT_BLOCKS | Lz4Frame.CONTENT_CHECKSUM;
    private static final int LZ4_BLOCK_SIZE_CODE = 0x40;

    private final LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
    private final PageEncoding encoding;
    private final byte[] frame;

    FrameEncoder(PageEncoding encoding, PageSize pageSize) {
        this.encoding = encoding;
        this.frame = new byte[FrameDecoder.frameBytesMax(pageSize)];
    }

    /** Returns the array that holds the frame after {@link #encode}, at its begin. */
    byte[] frame() {
        return frame;
    }

    /** Returns how many of the frame's first bytes the file checksum covers as they are. */
    int coveredBytes() {
        return switch (encoding) {
            case BLOCK -> FrameDecoder.BLOCK_PREFIX_BYTES;
            case FRAME -> FrameDecoder.PAGE_HEADER_BYTES;
        };
    }

    /** Encodes one page, and returns the size of its frame in bytes. */
    int encode(long pgno, byte[] page) {
        BigEndian.put32(frame, 0, (int) pgno);
        BigEndian.put16(frame, Integer.BYTES, encoding.flags());
        return switch (encoding) {
            case BLOCK -> encodeBlock(page);
            case FRAME -> encodeFrame(page);
        };
    }

    private int encodeBlock(byte[] page) {
        int n = compressor.compress(page, 0, page.length, frame, FrameDecoder.BLOCK_PREFIX_BYTES);
        BigEndian.put32(frame, FrameDecoder.PAGE_HEADER_BYTES, n);
        return FrameDecoder.BLOCK_PREFIX_BYTES + n;
    }

    private int encodeFrame(byte[] page) {
        int at = FrameDecoder.PAGE_HEADER_BYTES;
        Lz4Frame.put32(frame, at, Lz4Frame.MAGIC);
        frame[at + 4] = LZ4_FLAGS;
        frame[at + 5] = LZ4_BLOCK_SIZE_CODE;
        frame[at + 6] = (byte) (Lz4Frame.checksum(frame, at + 4, 2) >>> 8);
        int size = at + LZ4_START_BYTES;
        int block = size + Integer.BYTES;
        int n = compressor.compress(page, 0, page.length, frame, block);
        if (n < page.length) {
            Lz4Frame.put32(frame, size, n);
        } else {
            n = page.length;
            System.arraycopy(page, 0, frame, block, n);
            Lz4Frame.put32(frame, size, n | Lz4Frame.STORED);
        }
        Lz4Frame.put32(frame, block + n, 0);
        Lz4Frame.put32(frame, block + n + Integer.BYTES, Lz4Frame.checksum(page, 0, page.length));
        return block + n + 2 * Integer.BYTES;
    }
}
