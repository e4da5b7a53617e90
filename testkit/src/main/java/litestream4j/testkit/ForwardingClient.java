package litestream4j.testkit;

import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/** Another client, for tests that change a part of what it does. Remote, whatever the other one is. */
public abstract class ForwardingClient implements ReplicaClient {
    private final ReplicaClient client;

    protected ForwardingClient(ReplicaClient client) {
        this.client = client;
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
        return client.read(file, offset, length);
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
