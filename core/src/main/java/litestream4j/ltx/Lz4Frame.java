package litestream4j.ltx;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Decodes one LZ4 frame that holds one page. All that the frame format allows is understood, except
 * dictionaries; integers in it are little-endian.
 *
 * <pre>
 * magic: 4 | flags, block size code: 1 each | content size: 8, if any | header checksum: 1
 * { size: 4, bit 31 set: stored | block | checksum: 4, if any } ... 0: 4 | content checksum: 4, if any
 * </pre>
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md">LZ4 frame format</a>
 */
final class Lz4Frame {
    static final int MAGIC = 0x184D_2204;
    static final int VERSION = 0x40;
    static final int INDEPENDENT_BLOCKS = 0x20;
    static final int BLOCK_CHECKSUMS = 0x10;
    static final int CONTENT_SIZE = 0x08;
    static final int CONTENT_CHECKSUM = 0x04;
    static final int STORED = 0x8000_0000;

    private static final int VERSION_MASK = 0xC0;
    private static final int RESERVED = 0x02;
    private static final int DICTIONARY = 0x01;

    private static final int CHECKSUM_BYTES = 4;

    /** Magic, flags and block size code. */
    private static final int START_BYTES = 6;

    private static final String PART = "lz4 frame";

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final XXHash32 XXHASH = XXHashFactory.safeInstance().hash32();

    private final String file;

    /** What to add to a place in {@code bytes} to get the offset in the file. */
    private final long shift;

    private final byte[] bytes;
    private final int from;
    private final int end;
    private int at;
    private int flags;
    private int blockBytesMax;

    private Lz4Frame(String file, long offset, byte[] bytes, int from, int length) {
        this.file = file;
        this.shift = offset - from;
        this.bytes = bytes;
        this.from = from;
        this.end = from + length;
        this.at = from;
    }

    /**
     * Returns the greatest frame that is read: one of a page that does not compress at all, in up to 64 blocks.
     *
     * <p>Basis: writers make one block, for a block may hold 64 KiB, the greatest page. Some bound is needed,
     * as blocks may be empty and a frame would have no end.
     */
    static int bytesMax(PageSize pageSize) {
        int start = START_BYTES + Long.BYTES + 1;
        int blocks = FrameDecoder.blockBytesMax(pageSize) + 64 * (Integer.BYTES + CHECKSUM_BYTES);
        return start + blocks + Integer.BYTES + CHECKSUM_BYTES;
    }

    /** Returns the checksum that frames use. */
    static int checksum(byte[] bytes, int from, int length) {
        return XXHASH.hash(bytes, from, length, 0);
    }

    static void put32(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    /**
     * Copies one frame from a stream, and nothing behind it. Only what says its length is looked at: the rest is
     * for {@link #decode} to check.
     *
     * @param into takes the frame at {@code from}; the room behind is the greatest size that a frame may have
     * @return bytes of the frame
     */
    static int read(LtxInput in, byte[] into, int from) throws IOException {
        long offset = in.position();
        int at = from;
        int next = START_BYTES;
        in.read(into, at, next, PART);
        checkStart(in.file(), offset, into, at);
        int flags = into[at + 4];
        at += next;

        next = (flags & CONTENT_SIZE) == 0 ? 1 : Long.BYTES + 1;
        in.read(into, at, next, PART);
        at += next;

        int blockChecksum = (flags & BLOCK_CHECKSUMS) == 0 ? 0 : CHECKSUM_BYTES;
        int contentChecksum = (flags & CONTENT_CHECKSUM) == 0 ? 0 : CHECKSUM_BYTES;
        while (true) {
            in.read(into, at, Integer.BYTES, PART);
            int size = (int) INT.get(into, at);
            at += Integer.BYTES;
            // What must follow in any case has to fit as well, so that no read above needs a check.
            long room = (long) into.length - at - blockChecksum - Integer.BYTES - contentChecksum;
            if (size == 0) {
                break;
            }
            int blockBytes = size & ~STORED;
            if (blockBytes > room) {
                String expected = "<= %d bytes, to hold one page".formatted(room);
                throw new LtxFormatException(in.file(), in.position(), "lz4 block size", expected, blockBytes);
            }
            in.read(into, at, blockBytes + blockChecksum, PART);
            at += blockBytes + blockChecksum;
        }
        in.read(into, at, contentChecksum, PART);
        return at + contentChecksum - from;
    }

    /**
     * Decodes one frame.
     *
     * @param file name of the file, for messages
     * @param offset where in the file the frame begins, for messages
     * @param bytes holds the frame in {@code [from, from + length)}
     * @param page takes the content, and is all filled by it
     * @throws LtxFormatException if the frame is malformed, has a wrong checksum, is not all of the range, or its
     *     content is not as long as the page
     */
    static void decode(String file, long offset, byte[] bytes, int from, int length, byte[] page)
            throws LtxFormatException {
        new Lz4Frame(file, offset, bytes, from, length).decode(page);
    }

    private void decode(byte[] page) throws LtxFormatException {
        decodeDescriptor(page.length);
        int decoded = 0;
        int size = take32();
        while (size != 0) {
            decoded = decodeBlock(size, page, decoded);
            size = take32();
        }
        if (decoded != page.length) {
            throw broken("decoded size", page.length + " bytes", decoded + " bytes");
        }
        if ((flags & CONTENT_CHECKSUM) != 0) {
            checkChecksum("lz4 content checksum", checksum(page, 0, page.length));
        }
        if (at != end) {
            throw broken(PART, "nothing behind it in the page frame", (end - at) + " bytes");
        }
    }

    private void decodeDescriptor(int pageBytes) throws LtxFormatException {
        need(START_BYTES);
        checkStart(file, shift + from, bytes, from);
        flags = bytes[from + 4];
        int sizeCode = bytes[from + 5] >> 4;
        if (sizeCode < 4 || (bytes[from + 5] & 0x0F) != 0) {
            throw broken("lz4 block size code", "one of 0x40 to 0x70", "0x%02x".formatted(bytes[from + 5]));
        }
        blockBytesMax = 1 << (2 * sizeCode + 8);
        at += START_BYTES;
        if ((flags & CONTENT_SIZE) != 0) {
            need(Long.BYTES);
            long contentBytes = Long.reverseBytes(BigEndian.i64(bytes, at)); // little-endian, as all in LZ4
            if (contentBytes != pageBytes) {
                throw broken("lz4 content size", pageBytes, Long.toUnsignedString(contentBytes));
            }
            at += Long.BYTES;
        }
        need(1);
        byte expected = (byte) (checksum(bytes, from + 4, at - from - 4) >>> 8);
        if (bytes[at] != expected) {
            throw broken("lz4 header checksum", "%02x".formatted(expected), "%02x".formatted(bytes[at]));
        }
        at++;
    }

    /** Returns how much of the page is decoded then. */
    private int decodeBlock(int size, byte[] page, int decoded) throws LtxFormatException {
        int blockBytes = size & ~STORED;
        if (blockBytes > blockBytesMax) {
            throw broken("lz4 block size", "<= " + blockBytesMax + " bytes", blockBytes);
        }
        need(blockBytes);
        int block = at;
        at += blockBytes;
        if ((flags & BLOCK_CHECKSUMS) != 0) {
            checkChecksum("lz4 block checksum", checksum(bytes, block, blockBytes));
        }
        if ((size & STORED) != 0) {
            if (blockBytes > page.length - decoded) {
                throw broken("decoded size", page.length + " bytes", "more");
            }
            System.arraycopy(bytes, block, page, decoded, blockBytes);
            return decoded + blockBytes;
        }
        int history = (flags & INDEPENDENT_BLOCKS) == 0 ? 0 : decoded;
        int n = Lz4Block.decode(bytes, block, blockBytes, page, decoded, page.length, history);
        if (n < 0) {
            throw FrameDecoder.malformedBlock(file, shift + ~n, page.length);
        }
        return decoded + n;
    }

    private static void checkStart(String file, long offset, byte[] bytes, int from) throws LtxFormatException {
        int magic = (int) INT.get(bytes, from);
        if (magic != MAGIC) {
            throw new LtxFormatException(file, offset, "lz4 frame magic", "184d2204", "%08x".formatted(magic));
        }
        int flags = bytes[from + 4];
        if ((flags & (VERSION_MASK | RESERVED | DICTIONARY)) != VERSION) {
            String expected = "version 1 and no dictionary (binary 01xxxx00)";
            throw new LtxFormatException(file, offset + 4, "lz4 flags", expected, "0x%02x".formatted(flags & 0xFF));
        }
    }

    private void checkChecksum(String field, int computed) throws LtxFormatException {
        int stored = take32();
        if (stored != computed) {
            throw broken(field, "%08x".formatted(computed), "%08x".formatted(stored));
        }
    }

    private int take32() throws LtxFormatException {
        need(Integer.BYTES);
        int value = (int) INT.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    private void need(int length) throws LtxFormatException {
        if (length > end - at) {
            throw broken(PART, length + " more bytes", "the end of the page frame after " + (end - at));
        }
    }

    private LtxFormatException broken(String field, Object expected, Object found) {
        return new LtxFormatException(file, shift + at, field, expected, found);
    }
}
