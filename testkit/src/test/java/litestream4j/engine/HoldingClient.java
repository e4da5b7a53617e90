package litestream4j.engine;

import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/** Another client, some of whose reads hang until they are released or interrupted. Safe for all threads. */
final class HoldingClient implements ReplicaClient {
    private final ReplicaClient client;

    /** Guarded by this, as what follows. */
    private int toHold;

    private int held;
    private int releases;

    HoldingClient(ReplicaClient client) {
        this.client = client;
    }

    /** Makes the next reads hang. */
    synchronized void hold(int reads) {
        toHold = reads;
    }

    /** Returns how many reads hang. */
    synchronized int held() {
        return held;
    }

    /** Lets all go on that hang, and hold none any more. */
    synchronized void release() {
        toHold = 0;
        releases++;
        notifyAll();
    }

    private synchronized void pass() throws ReplicaException {
        if (toHold == 0) {
            return;
        }
        toHold--;
        held++;
        int before = releases;
        try {
            while (releases == before) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted("interrupted while held", e);
        } finally {
            held--;
        }
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        pass();
        return client.read(file, offset, length);
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
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        return client.find(level, name);
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        return client.findLegacyGeneration();
    }

    @Override
    public void close() {
        client.close();
    }
}
