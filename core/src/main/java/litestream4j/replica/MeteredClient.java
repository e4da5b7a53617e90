package litestream4j.replica;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;

/** Counts the requests and bytes of another client. */
public final class MeteredClient implements ReplicaClient {
    private final ReplicaClient client;
    private final LongAdder lists = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder finds = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** Owns the client: closing this closes it. */
    public MeteredClient(ReplicaClient client) {
        this.client = client;
    }

    /** Returns the counts so far. */
    public RequestCounts counts() {
        return new RequestCounts(lists.sum(), reads.sum(), finds.sum(), misses.sum(), bytes.sum());
    }

    @Override
    public String displayUrl() {
        return client.displayUrl();
    }

    @Override
    public boolean isLocal() {
        return client.isLocal();
    }

    @Override
    public boolean placeExists() {
        return client.placeExists();
    }

    @Override
    public List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        lists.increment();
        return client.list(level, from);
    }

    @Override
    public List<LtxFile> listAll() throws ReplicaException {
        lists.increment();
        return client.listAll();
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        reads.increment();
        return counted(client.read(file, offset, length));
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        Optional<LtxObject> found = client.find(level, name);
        (found.isPresent() ? finds : misses).increment();
        return found.map(this::counted);
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        lists.increment();
        return client.findLegacyGeneration();
    }

    @Override
    public void close() {
        client.close();
    }

    private LtxObject counted(LtxObject object) {
        return new LtxObject(object.file(), new CountedBody(object.body()));
    }

    private final class CountedBody extends FilterInputStream {
        CountedBody(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes.add(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, length);
            bytes.add(Math.max(0, read));
            return read;
        }
    }
}
