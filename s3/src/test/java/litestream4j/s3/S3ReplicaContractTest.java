package litestream4j.s3;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaWriter;
import litestream4j.testkit.ReplicaClientContract;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class S3ReplicaContractTest extends ReplicaClientContract {
    private static final Environment ENVIRONMENT =
            Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret")::get;

    private static ScriptedS3Server server;
    private static int count;

    private String root = "";

    @BeforeAll
    static void start() throws IOException {
        server = ScriptedS3Server.start("replicas");
        server.setPageSize(3);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected ReplicaClient connect() throws IOException {
        root = "a/replica-" + count++;
        return ReplicaProviders.connect(server.url(root), ENVIRONMENT);
    }

    @Override
    protected ReplicaWriter openWriter() throws IOException {
        return ReplicaProviders.openWriter(server.url(root), ENVIRONMENT);
    }

    @Override
    protected String folder(Level level) {
        return "000" + level.number() + "/";
    }

    @Override
    protected void put(String pathBelowRoot, byte[] content, Instant time) {
        server.put(root + "/" + pathBelowRoot, content, time);
    }

    @Override
    protected void remove(String pathBelowRoot) {
        server.remove(root + "/" + pathBelowRoot);
    }
}
