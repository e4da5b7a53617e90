package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/** Exactly the bytes that were asked for, and failures as those of a replica. One thread at a time. */
final class S3Body extends InputStream {
    private final HttpBody response;
    private final @Nullable S3Checksum checksum;
    private final String label;
    private final long length;
    private long position;
    private long toSkip;

    /**
     * @param label replica and file, for messages
     * @param skip bytes of the response before those that were asked for
     * @param length bytes asked for
     * @param checksum of just these, or null
     */
    S3Body(HttpBody response, String label, long skip, long length, @Nullable S3Checksum checksum) {
        this.response = response;
        this.checksum = checksum;
        this.label = label;
        this.toSkip = skip;
        this.length = length;
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
        if (position == length) {
            return -1;
        }
        try {
            while (toSkip > 0) {
                long skipped = response.skip(toSkip);
                if (skipped == 0 && response.read() < 0) {
                    throw cutShort();
                }
                toSkip -= Math.max(1, skipped);
            }
            int read = response.read(buffer, offset, (int) Math.min(count, length - position));
            if (read < 0) {
                throw cutShort();
            }
            position += read;
            if (checksum != null) {
                checksum.update(buffer, offset, read);
                if (position == length && !checksum.holds()) {
                    throw new ReplicaException.Unavailable("%s: damaged on its way: its %s is not what the store says"
                            .formatted(label, checksum.name()));
                }
            }
            return read;
        } catch (ReplicaException e) {
            throw e;
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Ends the read; what was not read yet is not waited for. */
    @Override
    public void close() {
        response.close();
    }

    private ReplicaException cutShort() {
        return new ReplicaException.Unavailable(
                "%s: cut short: expected %d bytes, found %d".formatted(label, length, position));
    }

    private ReplicaException translate(IOException failure) {
        if (failure instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            return new ReplicaException.Interrupted(label + ": interrupted", failure);
        }
        return new ReplicaException.Unavailable(
                "%s: read failed at byte %d of %d: %s".formatted(label, position, length, failure.getMessage()),
                failure);
    }
}
