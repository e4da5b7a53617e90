package litestream4j.bench;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/** Knows when the last bytes of a file came from another client, which it owns. */
final class TimedClient implements ReplicaClient {
    private final ReplicaClient client;
    private volatile long lastBytesAt;

    TimedClient(ReplicaClient client) {
        this.client = client;
    }

    /** Returns that moment, by {@link System#nanoTime}. */
    long lastBytesAt() {
        return lastBytesAt;
    }

    @Override
    public String displayUrl() {
        return client.displayUrl();
    }

    @Override
    public List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        return client.list(level, from);
    }

    @Override
    public List<LtxFile> listAll() throws ReplicaException {
        return client.listAll();
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        return timed(client.read(file, offset, length));
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        return client.find(level, name).map(this::timed);
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        return client.findLegacyGeneration();
    }

    @Override
    public void close() {
        client.close();
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
