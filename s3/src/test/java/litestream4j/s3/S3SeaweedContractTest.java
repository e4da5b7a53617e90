package litestream4j.s3;

import java.io.IOException;
import java.time.Instant;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaWriter;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ReplicaClientContract;
import litestream4j.testkit.SeaweedServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract against a real store. */
@Tag("interop")
class S3SeaweedContractTest extends ReplicaClientContract {
    private static @Nullable SeaweedServer server;
    private static int count;

    private String root = "";

    @BeforeAll
    static void start() throws IOException {
        Interop.assumeAvailable(Interop.Program.WEED);
        server = SeaweedServer.start("replicas");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected ReplicaClient connect() throws IOException {
        root = "a/replica-" + count++;
        return ReplicaProviders.connect(url(), environment());
    }

    @Override
    protected ReplicaWriter openWriter() throws IOException {
        return ReplicaProviders.openWriter(url(), environment());
    }

    @Override
    protected String folder(Level level) {
        return "000" + level.number() + "/";
    }

    @Override
    protected void put(String pathBelowRoot, byte[] content, Instant time) throws IOException {
        server().put(root + "/" + pathBelowRoot, content);
    }

    @Override
    protected void remove(String pathBelowRoot) throws IOException {
        server().delete(root + "/" + pathBelowRoot);
    }

    private String url() {
        return server().replica(root).url();
    }

    private static Environment environment() {
        return server().environment()::get;
    }

    private static SeaweedServer server() {
        if (server == null) {
            throw new IllegalStateException("the server was not started");
        }
        return server;
    }
}
