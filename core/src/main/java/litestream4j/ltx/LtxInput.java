package litestream4j.ltx;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of an LTX file in order, from a stream or from memory, with their offset in the file. */
final class LtxInput {
    /** Basis: one read brings a page of any size; the cost of a call is lost in the cost of its bytes. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private static final int VARINT_BYTES_MAX = 10;

    private final String file;
    private final InputStream source;
    private final byte[] buffer;

    /** Bytes of the file that lie before the buffer's first one. */
    private long bufferOffset;

    private int at;
    private int end;

    /** Begins at the stream's next byte, which is the file's first one. Reads ahead. */
    LtxInput(String file, InputStream source) {
        this.file = file;
        this.source = source;
        this.buffer = new byte[BUFFER_BYTES];
    }

    /**
     * Begins at {@code bytes[from]}; the input ends at {@code bytes[to]}.
     *
     * @param offset where in the file {@code bytes[from]} lies
     */
    LtxInput(String file, long offset, byte[] bytes, int from, int to) {
        this.file = file;
        this.source = InputStream.nullInputStream();
        this.buffer = bytes;
        this.bufferOffset = offset - from;
        this.at = from;
        this.end = to;
    }

    String file() {
        return file;
    }

    /** Returns where in the file the next byte lies. */
    long position() {
        return bufferOffset + at;
    }

    boolean atEnd() throws IOException {
        return at == end && !fill();
    }

    /**
     * Reads exactly so many bytes.
     *
     * @param part what is read, for the message
     * @throws LtxFormatException if the file ends before
     */
    void read(byte[] into, int from, int length, String part) throws IOException {
        int done = 0;
        while (done < length) {
            if (atEnd()) {
                throw new LtxFormatException(
                        file, position(), part, (length - done) + " more bytes", "the end of the file");
            }
            int n = Math.min(length - done, end - at);
            System.arraycopy(buffer, at, into, from + done, n);
            at += n;
            done += n;
        }
    }

    /**
     * Reads a number in groups of 7 bits, the lowest first; bit 7 is set in all bytes but the last.
     *
     * @param part what is read, for the message
     * @param covered takes the bytes read, unless it is null
     * @return an unsigned number of 64 bits
     * @throws LtxFormatException if the file ends before the number does, or the number has more than 64 bits
     */
    long readVarint(String part, @Nullable Crc64Iso covered) throws IOException {
        long value = 0;
        for (int k = 0; k < VARINT_BYTES_MAX; k++) {
            if (atEnd()) {
                throw new LtxFormatException(file, position(), part, "the rest of a number", "the end");
            }
            byte b = buffer[at++];
            if (covered != null) {
                covered.update(b);
            }
            value |= (b & 0x7FL) << (7 * k);
            if (b >= 0) {
                if (k == VARINT_BYTES_MAX - 1 && b > 1) {
                    break;
                }
                return value;
            }
        }
        throw new LtxFormatException(file, position() - 1, part, "a number of at most 64 bits", "a greater one");
    }

    private boolean fill() throws IOException {
        bufferOffset += end;
        at = 0;
        end = 0;
        int n = source.read(buffer, 0, buffer.length);
        end = Math.max(n, 0);
        return n > 0;
    }
}
