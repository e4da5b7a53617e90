package litestream4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 to one origin, on the calling thread alone, over connections that are kept open. The JDK's own client hands
 * each request and each piece of a body to other threads, and takes three times the processor time for it; its simple
 * one cannot be interrupted. One attempt a request, except that a connection which the server closed while it was idle
 * is no attempt.
 *
 * <p>Safe for use by many threads; no lock is held while one waits. Closing it fails what is running.
 */
final class Http implements AutoCloseable {
    /** Less than common servers keep them; a notice of a shorter time is heeded. */
    private static final long IDLE_SECONDS_MAX = 20;

    private static final int IDLE_MAX = 64;
    private static final long EARLY_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HttpDialer dialer;
    private final HttpTimeouts timeouts;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, the last used first. */
    private final Deque<HttpConnection> idle = new ArrayDeque<>();

    /** Guarded by the lock. */
    private final Set<HttpConnection> open = new HashSet<>();

    private volatile boolean closed;

    Http(HttpDialer dialer, HttpTimeouts timeouts) {
        this.dialer = dialer;
        this.timeouts = timeouts;
    }

    /**
     * Sends a request and waits for the head of its answer.
     *
     * @throws SocketTimeoutException if there is none in time
     * @throws InterruptedIOException if the thread is interrupted; its status stays set
     */
    HttpResponse call(HttpRequest request) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        long start = System.nanoTime();
        long deadline = start
                + timeouts.response().toNanos()
                + TimeUnit.SECONDS.toNanos(request.contentLength() / HttpTimeouts.BYTES_PER_SECOND_MIN);
        try {
            HttpConnection kept = takeIdle(request);
            if (kept != null) {
                try {
                    return exchange(kept, request, deadline);
                } catch (InterruptedIOException e) {
                    throw e;
                } catch (IOException e) {
                    if (!request.isRepeatable() || kept.isAnswering()) {
                        throw e;
                    }
                    // The server had closed it: as good as none.
                }
            }
            return exchange(dial(request.origin(), deadline), request, deadline);
        } catch (SocketTimeoutException e) {
            throw late("no response for %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)), e);
        }
    }

    private static SocketTimeoutException late(String message, IOException cause) {
        SocketTimeoutException late = new SocketTimeoutException(message);
        late.initCause(cause);
        return late;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open.forEach(HttpConnection::abort);
            open.clear();
            idle.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of connections that are open or being made. */
    int connections() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    private HttpResponse exchange(HttpConnection connection, HttpRequest request, long deadline) throws IOException {
        boolean done = false;
        try {
            HttpHead head = send(connection, request, deadline);
            HttpResponse response = new HttpResponse(head.status(), head.headers(), body(connection, request, head));
            done = true;
            return response;
        } finally {
            if (!done) {
                discard(connection);
            }
        }
    }

    private HttpHead send(HttpConnection connection, HttpRequest request, long deadline) throws IOException {
        connection.sendHead(request);
        if (request.content() == null) {
            return connection.readHead(deadline);
        }
        CountDownLatch sent = new CountDownLatch(1);
        abortUnlessSent(connection, sent, deadline);
        try {
            connection.sendContent(request.content(), request.contentLength());
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (System.nanoTime() - deadline >= 0) {
                throw late("the content was not taken in time", e);
            }
            return earlyAnswer(connection, deadline, e);
        } finally {
            sent.countDown();
        }
        return connection.readHead(deadline);
    }

    /** A server that refuses a request need not read its content. */
    private static HttpHead earlyAnswer(HttpConnection connection, long deadline, IOException failure)
            throws IOException {
        try {
            return connection.readHead(Math.min(deadline, System.nanoTime() + EARLY_ANSWER_NANOS));
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /** Writing knows no time-out, and a long content fills what lies between, so another thread has to look at it. */
    private static void abortUnlessSent(HttpConnection connection, CountDownLatch sent, long deadline) {
        Thread.ofPlatform().daemon().name("litestream-upload-deadline").start(() -> {
            try {
                if (!sent.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    connection.abort();
                }
            } catch (InterruptedException _) {
                connection.abort(); // Nobody does, but then the deadline has to hold all the same.
            }
        });
    }

    private HttpBody body(HttpConnection connection, HttpRequest request, HttpHead head) throws IOException {
        boolean none = request.method().equals("HEAD")
                || head.status() == HttpURLConnection.HTTP_NO_CONTENT
                || head.status() == HttpURLConnection.HTTP_NOT_MODIFIED;
        boolean chunked = !none && head.isChunked();
        long length = none ? 0 : head.contentLength();
        boolean untilClose = !chunked && length < 0;
        boolean reusable = !untilClose && head.keepsAlive();
        long told = head.keepAliveSeconds();
        long seconds = told < 0 ? IDLE_SECONDS_MAX : Math.min(told - 1, IDLE_SECONDS_MAX);
        return new HttpBody(connection, Math.max(0, length), chunked, untilClose, timeouts, whole -> {
            if (whole && reusable) {
                keep(connection, seconds);
            } else {
                discard(connection);
            }
        });
    }

    private HttpConnection dial(HttpOrigin origin, long deadline) throws IOException {
        long limit = Math.min(deadline, System.nanoTime() + timeouts.connect().toNanos());
        List<HttpConnection> begun = new ArrayList<>(1);
        boolean done = false;
        try {
            HttpConnection connection = dialer.dial(origin, limit, fresh -> {
                register(fresh);
                begun.add(fresh);
            });
            done = true;
            return connection;
        } finally {
            if (!done) {
                begun.forEach(this::discard);
            }
        }
    }

    /** Makes {@link #close} end this connection as well, from before it is connected. */
    private void register(HttpConnection connection) throws IOException {
        lock.lock();
        try {
            if (closed) {
                connection.abort();
                throw new IOException("the client was closed");
            }
            open.add(connection);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable HttpConnection takeIdle(HttpRequest request) {
        lock.lock();
        try {
            long now = System.nanoTime();
            for (HttpConnection last = idle.peekLast(); last != null && last.isExpired(now); last = idle.peekLast()) {
                discard(last);
            }
            for (HttpConnection first = idle.pollFirst(); first != null; first = idle.pollFirst()) {
                // What cannot be sent twice goes only where nothing speaks against it.
                if (!first.isExpired(now) && (request.isRepeatable() || first.isQuiet())) {
                    return first;
                }
                discard(first);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void keep(HttpConnection connection, long seconds) {
        lock.lock();
        try {
            // What came behind the answer would be taken for that of the next request.
            if (closed || seconds <= 0 || idle.size() == IDLE_MAX || connection.buffered() > 0) {
                discard(connection);
            } else {
                connection.keepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
                idle.addFirst(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    private void discard(HttpConnection connection) {
        connection.abort();
        lock.lock();
        try {
            open.remove(connection);
            idle.remove(connection);
        } finally {
            lock.unlock();
        }
    }
}
