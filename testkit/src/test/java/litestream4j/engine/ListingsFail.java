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

/** A store whose listings are refused after the first one, as when a permission is taken away. */
final class ListingsFail implements ReplicaClient {
    private final ReplicaClient client;
    private boolean healed;
    private int listings;

    ListingsFail(ReplicaClient client) {
        this.client = client;
    }

    void heal() {
        healed = true;
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
    public List<LtxFile> listAll() throws ReplicaException {
        if (++listings > 1 && !healed) {
            throw new ReplicaException.Denied("no permission to list");
        }
        return client.listAll();
    }

    @Override
    public List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        return client.list(level, from);
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
