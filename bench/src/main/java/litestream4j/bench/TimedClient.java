package litestream4j.bench;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.ForwardingClient;

/** Knows when the last bytes of a file came from another client, which it owns. */
final class TimedClient extends ForwardingClient {
    private volatile long lastBytesAt;

    TimedClient(ReplicaClient client) {
        super(client);
    }

    /** Returns that moment, by {@link System#nanoTime}. */
    long lastBytesAt() {
        return lastBytesAt;
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        return timed(super.read(file, offset, length));
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        return super.find(level, name).map(this::timed);
    }

    private LtxObject timed(LtxObject object) {
        return new LtxObject(object.file(), new TimedBody(object.body()));
    }

    private final class TimedBody extends FilterInputStream {
        TimedBody(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            lastBytesAt = System.nanoTime();
            return read;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, length);
            lastBytesAt = System.nanoTime();
            return read;
        }
    }
}
