package litestream4j.s3;

import java.time.Duration;

/**
 * How long a request may take.
 *
 * @param connect until there is a connection
 * @param response until the answer's headers are there, connecting included
 * @param stall without a single byte of the body
 * @param body sum of the waits for a body of up to {@link #BYTES_PER_SECOND_MIN}; longer ones get a second more for
 *     each such piece. The time in which the reader does other things does not count
 */
record HttpTimeouts(Duration connect, Duration response, Duration stall, Duration body) {
    /** Short enough for three attempts within the half minute that a page may take. */
    static final HttpTimeouts DEFAULT = new HttpTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30));

    /** A connection that brings less is as good as broken; large files are given the time that this takes. */
    static final long BYTES_PER_SECOND_MIN = 1024 * 1024;

    /** @param length announced, in bytes, or -1 */
    long bodyNanos(long length) {
        return body.plusSeconds(Math.max(0, length) / BYTES_PER_SECOND_MIN).toNanos();
    }
}
