package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response as a stream that never waits for ever: a stall, a body that takes too long in sum, an
 * interrupt and {@link #abort} end the wait, and with it the connection. At its end the connection goes back to where
 * it can serve again. One thread reads; any thread may abort.
 */
final class HttpBody extends InputStream {
    /** What is left up to this is read at close, if it is marked how much it is; cheaper than a new connection. */
    private static final long DRAIN_BYTES_MAX = 16 * 1024;

    private static final long DRAIN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int HEX = 16;
    private static final int CHUNK_DIGITS_MAX = 15;

    private final HttpConnection connection;
    private final long length;
    private final boolean chunked;
    private final boolean untilClose;
    private final long stallNanos;
    private final Release release;
    private long waitNanosLeft;

    /** Bytes to come, of a chunked body those of the chunk. */
    private long left;

    private boolean inChunks;
    private long received;
    private boolean ended;
    private volatile boolean broken;

    /**
     * @param left announced, in bytes; of no meaning if the end is marked otherwise
     * @param untilClose whether the end of the connection ends the body
     * @param release takes the connection
     */
    HttpBody(
            HttpConnection connection,
            long left,
            boolean chunked,
            boolean untilClose,
            HttpTimeouts timeouts,
            Release release) {
        this.connection = connection;
        this.length = chunked || untilClose ? -1 : left;
        this.left = chunked ? 0 : untilClose ? Long.MAX_VALUE : left;
        this.chunked = chunked;
        this.untilClose = untilClose;
        this.release = release;
        this.stallNanos = timeouts.stall().toNanos();
        this.waitNanosLeft = timeouts.bodyNanos(length);
        if (left == 0 && !chunked && !untilClose) {
            end();
        }
    }

    /** Returns the announced length in bytes, or -1. */
    long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (broken) {
            throw new IOException("the response was closed");
        }
        try {
            return readSome(buffer, offset, count, stallNanos);
        } catch (InterruptedIOException e) {
            abort();
            throw e instanceof SocketTimeoutException late ? timedOut(late) : e;
        } catch (IOException e) {
            abort();
            throw new IOException("the connection broke after %d bytes of the body".formatted(received), e);
        }
    }

    /**
     * Ends the body. The connection serves on if what is left is here already, or is but the end of a body that was
     * read: that comes right behind the last byte.
     */
    @Override
    public void close() {
        try {
            byte[] rest = ended || broken || untilClose ? new byte[0] : new byte[(int) DRAIN_BYTES_MAX];
            long limit = received + rest.length;
            while (!ended && !broken && received < limit && isNearlyThrough()) {
                readSome(rest, 0, rest.length, Math.min(DRAIN_NANOS_MAX, waitNanosLeft));
            }
        } catch (IOException _) {
            // The body is not wanted any more.
        }
        if (!ended) {
            abort();
        }
    }

    /** Ends the body and its connection; a running read fails. */
    void abort() {
        broken = true;
        release.accept(false);
    }

    private boolean isNearlyThrough() {
        return left <= connection.buffered();
    }

    private int readSome(byte[] buffer, int offset, int count, long patienceNanos) throws IOException {
        if (left == 0 && !ended && chunked) {
            beginChunk(patienceNanos);
        }
        if (ended) {
            return -1;
        }
        int wanted = (int) Math.min(count, left);
        int read;
        if (connection.buffered() > 0) {
            read = connection.read(buffer, offset, wanted, patienceNanos);
        } else {
            long patience = Math.min(patienceNanos, waitNanosLeft);
            long start = System.nanoTime();
            try {
                read = connection.read(buffer, offset, wanted, patience);
            } finally {
                waitNanosLeft -= System.nanoTime() - start;
            }
        }
        if (read < 0) {
            if (untilClose) {
                end();
                return -1;
            }
            throw new IOException("closed by the server");
        }
        received += read;
        left -= untilClose ? 0 : read;
        if (left == 0 && !chunked) {
            end();
        }
        return read;
    }

    private void beginChunk(long patienceNanos) throws IOException {
        long deadline = System.nanoTime() + Math.min(patienceNanos, waitNanosLeft);
        if (inChunks && !connection.readLine(deadline).isEmpty()) {
            throw new ProtocolException("a chunk that is longer than announced");
        }
        inChunks = true;
        String line = connection.readLine(deadline);
        int digits = 0;
        while (digits < line.length() && Character.digit(line.charAt(digits), HEX) >= 0) {
            digits++;
        }
        boolean extended = digits < line.length() && ";  \t".indexOf(line.charAt(digits)) < 0;
        if (digits == 0 || digits > CHUNK_DIGITS_MAX || extended) {
            throw new ProtocolException("a chunk without its length");
        }
        left = Long.parseLong(line, 0, digits, HEX);
        if (left == 0) {
            for (String trailer = connection.readLine(deadline);
                    !trailer.isEmpty();
                    trailer = connection.readLine(deadline)) {
                // Checksums of kinds that nobody asked for.
            }
            end();
        }
    }

    private void end() {
        ended = true;
        release.accept(!untilClose);
    }

    private SocketTimeoutException timedOut(SocketTimeoutException cause) {
        SocketTimeoutException late =
                new SocketTimeoutException("%s, after %d bytes of the body".formatted(cause.getMessage(), received));
        late.initCause(cause);
        return late;
    }

    /** Takes a connection back when its body is through or given up; the latter perhaps more than once. */
    @FunctionalInterface
    interface Release {
        /**
         * Takes the connection.
         *
         * @param whole whether the body was read to its marked end, so that the connection can serve again
         */
        void accept(boolean whole);
    }
}
