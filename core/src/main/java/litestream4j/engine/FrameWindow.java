package litestream4j.engine;

import java.io.IOException;
import java.io.InputStream;
import litestream4j.replica.ReplicaException;

/**
 * A part of a file as it streams by: holds as much of it as the frame that is wanted, and what the connection brought
 * along behind. So a range of any length takes the memory of a few frames. Used by one thread.
 */
final class FrameWindow {
    private final InputStream body;
    private final long end;
    private final byte[] bytes;
    private final String label;

    /** Where in the file the first of the bytes lies. */
    private long begin;

    private int filled;

    /**
     * @param body brings the bytes of the file in {@code [begin, end)}
     * @param bytes room for the longest frame at least
     * @param label of the file, for messages
     */
    FrameWindow(InputStream body, long begin, long end, byte[] bytes, String label) {
        this.body = body;
        this.begin = begin;
        this.end = end;
        this.bytes = bytes;
        this.label = label;
    }

    /**
     * Returns where in the array a frame begins, which lies behind all that were asked for before; waits until it is
     * here as a whole.
     */
    int await(long offset, int length) throws IOException {
        while (offset - begin > filled) { // A gap that is cheaper to read than to ask around.
            begin += filled;
            filled = 0;
            fill((int) Math.min(bytes.length, offset - begin));
        }
        int from = (int) (offset - begin);
        if (from + length > bytes.length) {
            System.arraycopy(bytes, from, bytes, 0, filled - from);
            begin = offset;
            filled -= from;
            from = 0;
        }
        while (filled < from + length) {
            fill((int) Math.min(bytes.length - filled, end - begin - filled));
        }
        return from;
    }

    private void fill(int most) throws IOException {
        int n = body.read(bytes, filled, most);
        if (n < 0) {
            throw new ReplicaException.Unavailable(label + ": body cut short");
        }
        filled += n;
    }
}
