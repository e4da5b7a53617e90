package litestream4j.engine;

/**
 * How far apart two wanted frames of a file may lie to be read in one request, gap included: as far as the bytes
 * between them cost less than another request. Pure, but for what it was last; safe for all threads.
 *
 * <p>A request costs the wait for its first byte; of that a twentieth counts, since many run side by side and share the
 * bandwidth. With 15 ms and a stream of 80 MB/s, as in a store's own region, that is 60 KB. A faster stream does not
 * count as one: what it gains is gained by requests side by side as well. At least a request costs processor time on
 * both ends, some 100 us, in which no more than 50 KB can be received and decrypted: so a gap of 64 KiB is right for a
 * store next door too. It is larger only for a far store, and smaller only for a slow line.
 */
final class GapLimit {
    /** Until there is a measurement. */
    static final int DEFAULT_BYTES = 64 * 1024;

    /** Below this a range is hardly shorter. */
    private static final int MIN_BYTES = 4 * 1024;

    /** Half a range: a longer one has room for few pages beside it. */
    private static final int MAX_BYTES = Ranges.RANGE_MAX_BYTES / 2;

    private static final long MEBIBYTE = 1024 * 1024;
    private static final long SHARE_OF_WAIT = 20;
    private static final long CPU_NANOS = 100_000;

    /** That of 80 MB/s: see above. */
    private static final long STREAM_NANOS_MIN = 13_107_200;

    /** That of 500 MB/s: see above. */
    private static final long RECEIVE_NANOS_MIN = 2_097_152;

    private volatile int bytes = DEFAULT_BYTES;

    int bytes() {
        return bytes;
    }

    /**
     * Takes in a measurement. The limit moves by a factor of two at a time, and only if the break-even is as far away
     * as that: it shall not go to and fro.
     *
     * @param waitNanos for the first byte
     * @param mebibyteNanos for a MiB of a body, whatever the number of streams
     */
    synchronized void update(long waitNanos, long mebibyteNanos) {
        long even = breakEven(waitNanos, mebibyteNanos);
        int present = bytes;
        if (even >= 2L * present && present < MAX_BYTES) {
            bytes = 2 * present;
        } else if (even <= present / 2 && present > MIN_BYTES) {
            bytes = present / 2;
        }
    }

    /** Returns the bytes that cost as much as a request. */
    static long breakEven(long waitNanos, long mebibyteNanos) {
        long byWait = waitNanos * MEBIBYTE / SHARE_OF_WAIT / Math.max(mebibyteNanos, STREAM_NANOS_MIN);
        long byProcessor = CPU_NANOS * MEBIBYTE / Math.max(mebibyteNanos, RECEIVE_NANOS_MIN);
        return Math.max(byWait, byProcessor);
    }
}
