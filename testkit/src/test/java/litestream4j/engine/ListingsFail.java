package litestream4j.engine;

import java.util.List;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.ForwardingClient;

/** A store whose listings are refused after the first one, as when a permission is taken away. */
final class ListingsFail extends ForwardingClient {
    private final boolean local;
    private boolean healed;
    private int listings;

    ListingsFail(ReplicaClient client) {
        super(client);
        local = client.isLocal();
    }

    void heal() {
        healed = true;
    }

    @Override
    public boolean isLocal() {
        return local;
    }

    @Override
    public List<LtxFile> listAll() throws ReplicaException {
        if (++listings > 1 && !healed) {
            throw new ReplicaException.Denied("no permission to list");
        }
        return super.listAll();
    }
}
