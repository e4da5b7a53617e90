package litestream4j.jdbc;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import litestream4j.ltx.LtxFileName;
import litestream4j.replica.Environment;
import litestream4j.replica.FileReplicaProvider;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProvider;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.ReplicaWriter;
import litestream4j.testkit.ForwardingClient;

/**
 * The scheme {@code gated}: a folder that behaves like a remote store, whose answers a test can hold back. There is
 * one gate, so tests that shut it do not run side by side.
 */
public final class GatedProvider implements ReplicaProvider {
    private static final Object GATE = new Object();
    private static final AtomicInteger CLIENTS = new AtomicInteger();
    private static boolean shut;
    private static int waiting;

    /** For ServiceLoader. */
    public GatedProvider() {}

    static String url(Path replica) {
        return "gated://test" + replica;
    }

    /** Keeps back the answers of all stores from now on. */
    static void shut() {
        synchronized (GATE) {
            shut = true;
        }
    }

    static void open() {
        synchronized (GATE) {
            shut = false;
            GATE.notifyAll();
        }
    }

    /** Returns how many requests wait at the gate. */
    static int waiting() {
        synchronized (GATE) {
            return waiting;
        }
    }

    /** Returns how many clients were made and not closed. */
    static int clients() {
        return CLIENTS.get();
    }

    private static void pass() throws ReplicaException {
        synchronized (GATE) {
            waiting++;
            try {
                while (shut) {
                    GATE.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ReplicaException.Interrupted("interrupted at the gate", e);
            } finally {
                waiting--;
            }
        }
    }

    @Override
    public Set<String> schemes() {
        return Set.of("gated");
    }

    @Override
    public ReplicaClient connect(ReplicaUrl url, Environment environment) throws ReplicaException {
        ReplicaUrl folder = new ReplicaUrl("file", null, null, "", -1, "/" + url.path(), Map.of());
        CLIENTS.incrementAndGet();
        return new Gated(new FileReplicaProvider().connect(folder, environment));
    }

    @Override
    public ReplicaWriter openWriter(ReplicaUrl url, Environment environment) throws ReplicaException {
        throw new ReplicaException.Denied("gated replicas are read only");
    }

    private static final class Gated extends ForwardingClient {
        Gated(ReplicaClient folder) {
            super(folder);
        }

        @Override
        public List<LtxFile> listAll() throws ReplicaException {
            pass();
            return super.listAll();
        }

        @Override
        public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
            pass();
            return super.read(file, offset, length);
        }

        @Override
        public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
            pass();
            return super.find(level, name);
        }

        @Override
        public Optional<String> findLegacyGeneration() throws ReplicaException {
            pass();
            return super.findLegacyGeneration();
        }

        @Override
        public void close() {
            CLIENTS.decrementAndGet();
            super.close();
        }
    }
}
