package litestream4j.engine;

import java.io.IOException;
import java.io.InputStream;
import litestream4j.replica.LtxFile;

/**
 * A large file as a stream, fetched in pieces: each piece is a request with its own attempts and deadline, so that a
 * file of any size can be read over a connection that breaks now and then.
 */
final class RangedStream extends InputStream {
    private static final int PIECE_BYTES = 4 * 1024 * 1024;

    private final Calls calls;
    private final LtxFile file;
    private byte[] piece = new byte[0];
    private int at;
    private long fetched;

    RangedStream(Calls calls, LtxFile file) {
        this.calls = calls;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        return fill() ? piece[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, from, count);
        at += count;
        return count;
    }

    /** Tells whether there is more to read. */
    private boolean fill() throws IOException {
        if (at == piece.length && fetched < file.size()) {
            piece = calls.read(file, fetched, (int) Math.min(PIECE_BYTES, file.size() - fetched));
            fetched += piece.length;
            at = 0;
        }
        return at < piece.length;
    }
}
