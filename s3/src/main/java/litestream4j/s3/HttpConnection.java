package litestream4j.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A connection for one request at a time, in HTTP/1.1. All waiting is done by the calling thread, in the socket; since
 * that belongs to a channel, an interrupt closes it and so ends the wait at once. Any thread may {@link #abort}.
 */
final class HttpConnection {
    /** Holds the head of a response and all of a small body. */
    private static final int BUFFER_BYTES = 16 * 1024;

    /**
     * Read in one go at most. The JDK copies through a native buffer of that size, and keeps it as long as the thread
     * lives: with ranges of 512 KiB on 256 threads that would be 128 MB.
     */
    private static final int READ_BYTES_MAX = 64 * 1024;

    private static final int LINE_BYTES_MAX = 16 * 1024;
    private static final int FIELDS_MAX = 200;
    private static final int INTERIM_MAX = 10;

    private final SocketChannel channel;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private int position;
    private int limit;
    private boolean absoluteTargets;
    private boolean answering;
    private long idleUntilNanos;

    /** @param channel connected, in blocking mode */
    HttpConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.socket = channel.socket();
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** Goes on over TLS. */
    void secure(Socket layered) throws IOException {
        socket = layered;
        in = layered.getInputStream();
        out = layered.getOutputStream();
    }

    /** Returns what is below any TLS. */
    Socket plainSocket() {
        return channel.socket();
    }

    /** Names the whole URL in requests, as proxies want it. */
    void useAbsoluteTargets() {
        absoluteTargets = true;
    }

    void keepUntil(long nanoTime) {
        idleUntilNanos = nanoTime;
    }

    boolean isExpired(long nanoTime) {
        return nanoTime - idleUntilNanos >= 0;
    }

    /** Tells whether nothing came since the last response: not even the end, which a server may send at any time. */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            try {
                return position == limit && channel.read(ByteBuffer.allocate(1)) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException _) {
            return false;
        }
    }

    /** Ends the connection at once, also under a thread that waits for it. */
    void abort() {
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing depends on a connection that is not wanted any more.
        }
    }

    /** Sends all but the content. */
    void sendHead(HttpRequest request) throws IOException {
        StringBuilder head = new StringBuilder(768).append(request.method()).append(' ');
        if (absoluteTargets) {
            head.append("http://").append(request.origin().authority());
        }
        head.append(request.target())
                .append(" HTTP/1.1\r\nHost: ")
                .append(request.origin().authority());
        HttpHeaders headers = request.headers();
        for (int i = 0; i < headers.count(); i++) {
            head.append("\r\n").append(headers.name(i)).append(": ").append(headers.value(i));
        }
        if (request.content() != null) {
            head.append("\r\nContent-Length: ").append(request.contentLength());
        }
        sendText(head.append("\r\n\r\n").toString());
    }

    void sendText(String ascii) throws IOException {
        answering = false;
        try {
            out.write(ascii.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw explained(e, 0);
        }
    }

    /** Sends a file. If that fails for another reason than an interrupt, there may be an answer nevertheless. */
    void sendContent(Path file, long length) throws IOException {
        long sent;
        try (InputStream content = Files.newInputStream(file)) {
            sent = content.transferTo(out);
        } catch (IOException e) {
            throw Thread.currentThread().isInterrupted() ? explained(e, 0) : e;
        }
        if (sent != length) {
            abort();
            throw new IOException(
                    "%s changed while it was sent: expected %d bytes, found %d".formatted(file, length, sent));
        }
    }

    /** Tells whether anything came since the last request was sent. */
    boolean isAnswering() {
        return answering;
    }

    /** Reads the head of the next response that is not an interim one. */
    HttpHead readHead(long deadlineNanos) throws IOException {
        for (int i = 0; i < INTERIM_MAX; i++) {
            HttpHead head = HttpHead.ofStatusLine(readLine(deadlineNanos));
            for (String line = readLine(deadlineNanos); !line.isEmpty(); line = readLine(deadlineNanos)) {
                if (head.headers().count() == FIELDS_MAX) {
                    throw new ProtocolException("more than %d header fields".formatted(FIELDS_MAX));
                }
                head.add(line);
            }
            if (!head.isInterim()) {
                return head;
            }
        }
        throw new ProtocolException("more than %d interim responses".formatted(INTERIM_MAX));
    }

    /** Reads a line without its end, within a deadline by {@link System#nanoTime}. */
    String readLine(long deadlineNanos) throws IOException {
        ByteArrayOutputStream begun = null;
        while (true) {
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    String end = text(position, i);
                    position = i + 1;
                    String line = begun == null ? end : begun.toString(StandardCharsets.ISO_8859_1) + end;
                    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
                }
            }
            if (begun == null) {
                begun = new ByteArrayOutputStream();
            }
            begun.write(buffer, position, limit - position);
            position = limit;
            if (begun.size() > LINE_BYTES_MAX) {
                throw new ProtocolException("a line of more than %d bytes in the head".formatted(LINE_BYTES_MAX));
            }
            fill(deadlineNanos - System.nanoTime());
            if (position == limit) {
                throw new EOFException("the connection was closed before a response");
            }
        }
    }

    /** Returns how many bytes can be read without waiting. */
    int buffered() {
        return limit - position;
    }

    /**
     * Reads up to {@code count} bytes, large amounts past the buffer. A read that takes longer than allowed ends the
     * connection.
     *
     * @return -1 at the end of the connection
     */
    int read(byte[] bytes, int offset, int count, long patienceNanos) throws IOException {
        if (position == limit) {
            if (count >= BUFFER_BYTES) {
                return receive(bytes, offset, Math.min(count, READ_BYTES_MAX), patienceNanos);
            }
            fill(patienceNanos);
        }
        int copied = Math.min(count, limit - position);
        System.arraycopy(buffer, position, bytes, offset, copied);
        position += copied;
        return copied == 0 ? -1 : copied;
    }

    private void fill(long patienceNanos) throws IOException {
        int received = receive(buffer, 0, BUFFER_BYTES, patienceNanos);
        position = 0;
        limit = Math.max(0, received);
    }

    private int receive(byte[] bytes, int offset, int count, long patienceNanos) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(patienceNanos);
        if (patienceNanos <= 0) {
            abort();
            throw new SocketTimeoutException("no bytes for 0 ms, for no time was left");
        }
        try {
            socket.setSoTimeout(Math.clamp(millis, 1, Integer.MAX_VALUE));
            int received = in.read(bytes, offset, count);
            answering |= received > 0;
            return received;
        } catch (IOException e) {
            throw explained(e, millis);
        }
    }

    /** Ends the connection, and tells an interrupt and a time-out from what else can happen to it. */
    private IOException explained(IOException failure, long millis) {
        abort();
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(failure);
        }
        if (failure instanceof SocketTimeoutException) {
            SocketTimeoutException late = new SocketTimeoutException("no bytes for %d ms".formatted(millis));
            late.initCause(failure);
            return late;
        }
        return failure;
    }

    static InterruptedIOException interrupted(IOException cause) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }

    private String text(int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
