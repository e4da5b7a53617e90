package litestream4j.replica;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of an open file. Closes the file. One thread at a time. */
final class FileRangeStream extends InputStream {
    private final FileChannel channel;
    private final String label;
    private final long end;
    private long position;

    FileRangeStream(FileChannel channel, long offset, long length, String label) {
        this.channel = channel;
        this.label = label;
        this.position = offset;
        this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        int read;
        try {
            read = channel.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - position)), position);
        } catch (IOException e) {
            throw FileFailures.translate(e, label + ": cannot read at byte " + position);
        }
        if (read <= 0) {
            throw new ReplicaException.Unavailable(
                    "%s: cut short: expected %d bytes, found %d".formatted(label, end, position));
        }
        position += read;
        return read;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
