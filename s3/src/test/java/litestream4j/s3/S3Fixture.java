package litestream4j.s3;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.ScriptedS3Server;
import org.jspecify.annotations.Nullable;

/** A scripted server, and clients of it whose patience is short. */
final class S3Fixture implements AutoCloseable {
    static final Instant TIME = Instant.parse("2026-03-04T05:06:07.250Z");
    static final LtxFileName NAME = LtxFileName.of(new Txid(7));
    static final String KEY = "db/0000/" + NAME;

    /** Long enough for a slow machine to answer, short enough for a test of what does not answer. */
    static final HttpTimeouts SHORT = new HttpTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(2));

    final ScriptedS3Server server;
    private final Map<String, String> variables = new HashMap<>();

    S3Fixture() throws IOException {
        server = ScriptedS3Server.start("replicas");
        variables.put("AWS_ACCESS_KEY_ID", "key-of-test");
        variables.put("AWS_SECRET_ACCESS_KEY", "secret-of-test");
    }

    S3Fixture with(String variable, @Nullable String value) {
        variables.put(variable, value);
        return this;
    }

    Environment environment() {
        return variables::get;
    }

    ReplicaClient connect(String path) throws ReplicaException {
        return connect(path, HttpTimeouts.DEFAULT);
    }

    ReplicaClient connect(String path, HttpTimeouts timeouts) throws ReplicaException {
        ReplicaUrl url = ReplicaUrl.parse(server.url(path));
        return connect(S3Configuration.of(url, Environment.EMPTY), timeouts);
    }

    /** Makes a client that has to look up the region, which none does with an endpoint that is set. */
    ReplicaClient connectWithoutRegion() throws ReplicaException {
        return connect(
                new S3Configuration("replicas", "db", null, server.endpoint(), true, false, true, null, null, null),
                HttpTimeouts.DEFAULT);
    }

    ReplicaClient connect(S3Configuration configuration, HttpTimeouts timeouts) throws ReplicaException {
        return new S3ReplicaClient(
                "s3://replicas/" + configuration.prefix(), S3Session.open(configuration, environment(), timeouts));
    }

    /** Stores a file on level 0 and returns it as a listing shows it. The log of requests is empty afterwards. */
    LtxFile store(byte[] content, ReplicaClient client) throws ReplicaException {
        server.put(KEY, content, TIME);
        LtxFile file = client.list(Level.L0, Txid.NONE).getFirst();
        server.takeRequests();
        return file;
    }

    @Override
    public void close() {
        server.close();
    }
}
