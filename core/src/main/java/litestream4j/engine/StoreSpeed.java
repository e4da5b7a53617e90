package litestream4j.engine;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.replica.LtxObject;
import org.jspecify.annotations.Nullable;

/** How fast a store answers and brings bodies, by its last answers, and what follows from it. Safe for all threads. */
final class StoreSpeed {
    /** Reads up to this size are of one kind: single pages, and ranges of a few. Shorter bodies tell no rate. */
    static final int SMALL_MAX_BYTES = 64 * 1024;

    private static final long MEBIBYTE = 1024 * 1024;

    private final Time time;
    private final Latencies small = new Latencies();
    private final Latencies large = new Latencies();
    private final Latencies mebibytes = new Latencies();
    private final GapLimit gap = new GapLimit();

    /** Bytes of large bodies, of all that run. */
    private final LongAdder received = new LongAdder();

    StoreSpeed(Time time) {
        this.time = time;
    }

    /** Returns the times to the first byte of reads of such a size. */
    Latencies latencies(long length) {
        return length <= SMALL_MAX_BYTES ? small : large;
    }

    /** Returns how far apart frames may lie to be read in one request, in bytes. */
    int gapMaxBytes() {
        return gap.bytes();
    }

    /** Takes note of an answer that began, and returns it with its body measured. */
    LtxObject answered(LtxObject object, long length, long nanos) {
        latencies(length).add(nanos);
        return length <= SMALL_MAX_BYTES ? object : new LtxObject(object.file(), new MeasuredBody(object.body()));
    }

    /** Takes note of a body: a line that many streams share is as fast as all together. */
    private void ended(long waitedNanos, long receivedMeanwhile) {
        mebibytes.add(waitedNanos * MEBIBYTE / receivedMeanwhile);
        Latencies.@Nullable Summary rate = mebibytes.summary();
        Latencies.@Nullable Summary known = small.summary() != null ? small.summary() : large.summary();
        if (rate != null && known != null) {
            // The fast ones: what the store and the line can do while we do not keep them busy ourselves.
            gap.update(known.quarter(), rate.quarter());
        }
    }

    /** A body that is read by one thread at a time. What its reader does between two reads does not count. */
    private final class MeasuredBody extends FilterInputStream {
        private final long receivedBefore = received.sum();
        private long bytes;
        private long waitedNanos;
        private boolean closed;

        MeasuredBody(InputStream body) {
            super(body);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            long begin = time.nanos();
            int count = super.read(into, from, length);
            waitedNanos += time.nanos() - begin;
            if (count > 0) {
                bytes += count;
                received.add(count);
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            super.close();
            if (!closed && bytes > SMALL_MAX_BYTES) {
                ended(waitedNanos, received.sum() - receivedBefore);
            }
            closed = true;
        }
    }
}
