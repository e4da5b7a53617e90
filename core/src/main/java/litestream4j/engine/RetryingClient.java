package litestream4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Another client, with the engine's patience: a request whose failure may pass is repeated, up to six times within
 * 30 s. A body that breaks off goes on where it broke off, and each byte that arrives renews the patience, so that a
 * file of any size can be read over a connection that breaks now and then. Calls block the calling thread.
 */
public final class RetryingClient implements ReplicaClient {
    private final ReplicaClient client;
    private final Calls calls;

    /** Owns the client: closing this closes it. */
    public RetryingClient(ReplicaClient client) {
        this(client, Time.SYSTEM);
    }

    RetryingClient(ReplicaClient client, Time time) {
        this.client = client;
        this.calls = new Calls(client, time);
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
        return retrying(() -> client.list(level, from));
    }

    @Override
    public List<LtxFile> listAll() throws ReplicaException {
        return retrying(client::listAll);
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        LtxObject object = retrying(() -> client.read(file, offset, length));
        return new LtxObject(object.file(), new ResumedBody(file, offset, length, object.body()));
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        return retrying(() -> client.find(level, name)).map(object -> {
            LtxFile file = object.file();
            return new LtxObject(file, new ResumedBody(file, 0, file.size(), object.body()));
        });
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        return retrying(client::findLegacyGeneration);
    }

    @Override
    public void close() {
        client.close();
    }

    private <T> T retrying(Callable<T> call) throws ReplicaException {
        try {
            return calls.retrying(call);
        } catch (ReplicaException e) {
            throw e;
        } catch (IOException e) {
            throw new ReplicaException.Unavailable(client.displayUrl() + ": " + e.getMessage(), e);
        }
    }

    /** The bytes of one read, from as many requests as that takes. One thread at a time. */
    private final class ResumedBody extends InputStream {
        private final LtxFile file;
        private long offset;
        private long left;

        /** Null after it broke off, until the next request. */
        private @Nullable InputStream body;

        ResumedBody(LtxFile file, long offset, long length, InputStream body) {
            this.file = file;
            this.offset = offset;
            this.left = length;
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            int count = retrying(() -> {
                try {
                    return readOnce(into, from, (int) Math.min(length, left));
                } catch (ReplicaException.Unavailable e) {
                    close();
                    throw e;
                }
            });
            offset += count;
            left -= count;
            return count;
        }

        private int readOnce(byte[] into, int from, int length) throws IOException {
            InputStream source = body;
            if (source == null) {
                source = client.read(file, offset, left).body();
                body = source;
            }
            int count = source.read(into, from, length);
            if (count < 0) {
                throw new ReplicaException.Unavailable(
                        "%s: body cut short: %d bytes are missing".formatted(file.label(), left));
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            InputStream source = body;
            body = null;
            if (source != null) {
                source.close();
            }
        }
    }
}
