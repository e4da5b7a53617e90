package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response as a stream that never waits for ever: a stall, a body that takes too long in sum, an
 * interrupt and {@link #abort} end the wait. (The JDK's own stream waits until the peer hangs up.) One thread reads;
 * any thread may abort.
 */
final class HttpBody extends InputStream implements BodySubscriber<InputStream> {
    private static final List<ByteBuffer> END = List.of();
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Pieces of at most 16 KiB each on their way; more than one, so that the network goes on while we copy. */
    private static final int PIECES_AHEAD = 4;

    /** A rest up to this is read at close, which is cheaper than a new connection. */
    private static final long DRAIN_BYTES_MAX = 16 * 1024;

    private static final long DRAIN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final long length;
    private final long stallNanos;
    private long waitNanosLeft;
    private List<ByteBuffer> pieces = END;
    private int nextPiece;
    private ByteBuffer current = NOTHING;
    private long received;
    private boolean ended;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable Throwable failure;

    /** @param length announced, in bytes, or -1 */
    HttpBody(long length, HttpTimeouts timeouts) {
        this.length = length;
        this.stallNanos = timeouts.stall().toNanos();
        this.waitNanosLeft = timeouts.bodyNanos(length);
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (failure != null) {
            subscription.cancel();
        } else {
            subscription.request(PIECES_AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        if (!item.isEmpty()) {
            arrived.add(item);
        }
    }

    @Override
    public void onError(Throwable throwable) {
        if (failure == null) {
            failure = throwable;
        }
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        return fill(stallNanos) ? current.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill(stallNanos)) {
            return -1;
        }
        int copied = Math.min(count, current.remaining());
        current.get(buffer, offset, copied);
        return copied;
    }

    /**
     * Ends the body. The connection serves on if the body is through, or nearly. The end itself is waited for, which
     * comes right behind the last byte: only then the connection can be had for the next request.
     */
    @Override
    public void close() {
        try {
            long left = Math.min(DRAIN_NANOS_MAX, waitNanosLeft);
            boolean worthIt = length < 0 || length - received <= DRAIN_BYTES_MAX;
            long limit = received + DRAIN_BYTES_MAX;
            while (!ended && worthIt && received <= limit) {
                current = NOTHING;
                fill(left);
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
        if (failure == null) {
            failure = new IOException("the response was closed");
        }
        Flow.Subscription running = subscription;
        if (running != null) {
            running.cancel();
        }
        arrived.add(END);
    }

    /** Makes the current piece hold a byte; false at the end. */
    private boolean fill(long patienceNanos) throws IOException {
        while (!current.hasRemaining()) {
            if (nextPiece < pieces.size()) {
                current = pieces.get(nextPiece++);
                received += current.remaining();
            } else if (ended) {
                return false;
            } else {
                take(patienceNanos);
            }
        }
        return true;
    }

    private void take(long patienceNanos) throws IOException {
        List<ByteBuffer> next = arrived.poll();
        if (next == null) {
            next = await(Math.min(patienceNanos, waitNanosLeft));
        }
        if (next.isEmpty()) {
            Throwable cause = failure;
            if (cause != null) {
                arrived.add(END); // For the next read, which fails likewise.
                throw new IOException("the connection broke after %d bytes of the body".formatted(received), cause);
            }
            ended = true;
            return;
        }
        pieces = next;
        nextPiece = 0;
        Flow.Subscription running = subscription;
        if (running != null) {
            running.request(1);
        }
    }

    private List<ByteBuffer> await(long nanos) throws IOException {
        long start = System.nanoTime();
        List<ByteBuffer> next;
        try {
            next = arrived.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            abort();
            throw new InterruptedIOException("interrupted after %d bytes of the body".formatted(received));
        }
        long waited = System.nanoTime() - start;
        waitNanosLeft -= waited;
        if (next == null) {
            abort();
            throw new SocketTimeoutException("no bytes for %d ms, after %d bytes of the body"
                    .formatted(TimeUnit.NANOSECONDS.toMillis(waited), received));
        }
        return next;
    }
}
