package litestream4j.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A SeaweedFS of one process as an S3 server with one bucket, on loopback only. It takes any key pair, and requests
 * without a signature.
 *
 * <p>Ready 3 to 4 s after a start, 3 to 7 s after a restart on the same data; takes 200 MB of memory.
 *
 * <p>Use by one thread at a time; the server itself may be used by anybody.
 */
public final class SeaweedServer implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** Between picking a free port and listening on it, somebody else may take it. */
    private static final int START_ATTEMPTS = 3;

    private static final String PROBE_KEY = "readiness-probe";

    private static final String S3 = "s3";

    /** The parts of the server, as its options name them. */
    private static final List<String> ROLES = List.of("master", "volume", "filer", S3);

    /** Where one part of the server listens. */
    private record Ports(int http, int grpc) {}

    private final String bucket;
    private final Path folder;
    private final HttpClient http = HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(REQUEST_TIMEOUT)
            .build();

    /** By role; a restart takes the same. */
    private Map<String, Ports> ports = Map.of();

    private @Nullable ChildProcess server;

    private SeaweedServer(String bucket, Path folder) {
        this.bucket = bucket;
        this.folder = folder;
    }

    /**
     * Starts a server on free ports and waits until an object can be stored.
     *
     * @param bucket the bucket to make
     * @throws IllegalStateException if it does not come up, with the end of its log
     */
    public static SeaweedServer start(String bucket) throws IOException {
        SeaweedServer seaweed = new SeaweedServer(bucket, Files.createTempDirectory("weed-"));
        try {
            for (int attempt = 1; !seaweed.tryStart(freePorts()); attempt++) {
                if (attempt == START_ATTEMPTS) {
                    throw new IllegalStateException("SeaweedFS does not start: " + seaweed.describe());
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            seaweed.close();
            throw e;
        }
        return seaweed;
    }

    /** Returns the S3 endpoint: {@code http://127.0.0.1:PORT}. */
    public URI endpoint() {
        return URI.create(
                "http://127.0.0.1:" + Objects.requireNonNull(ports.get(S3)).http());
    }

    public String bucket() {
        return bucket;
    }

    /** Returns a key pair and a region, which the server does not check but clients insist on. */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "any-key",
                "AWS_SECRET_ACCESS_KEY", "any-secret",
                "AWS_REGION", "us-east-1");
    }

    /**
     * Returns the replica at a path of the bucket, whether or not there is one yet.
     *
     * @param path without leading and trailing slash
     */
    public LitestreamReplica replica(String path) {
        String url = "s3://%s/%s?endpoint=%s&force-path-style=true".formatted(bucket, path, endpoint());
        return new LitestreamReplica(url, environment());
    }

    /** Stores an object, over one that may be there. */
    public void put(String key, byte[] content) throws IOException {
        expect(200, request(key).PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    /** Reads an object. */
    public byte[] get(String key) throws IOException {
        return expect(200, request(key).GET());
    }

    /** Deletes an object; one that is not there counts as deleted. */
    public void delete(String key) throws IOException {
        expect(204, request(key).DELETE());
    }

    /** Ends the server at once, as a power cut would. What was stored stays for {@link #restart}. */
    public void kill() {
        if (server != null) {
            server.kill();
        }
    }

    /** Starts the server again, on the same ports and with the same objects, and waits until it is ready. */
    public void restart() throws IOException {
        kill();
        if (!tryStart(ports)) {
            throw new IllegalStateException("SeaweedFS does not start again: " + describe());
        }
    }

    /** Stops the server's clock: it takes connections and answers nothing, as behind a broken network. */
    public void pause() throws IOException {
        signal("STOP");
    }

    /** Goes on after {@link #pause}. */
    public void resume() throws IOException {
        signal("CONT");
    }

    /** Returns whether the server runs, and the end of its log. */
    public String describe() {
        return server == null ? "the server has not been started" : server.describe();
    }

    /**
     * Ends the server and deletes all objects. It is killed: an orderly end takes it 16 s, and saves nothing that
     * would be kept.
     */
    @Override
    public void close() throws IOException {
        kill();
        http.close();
        deleteSockets();
        Folders.delete(folder);
    }

    /** Returns false if the process ended, as it does when a port is taken. */
    private boolean tryStart(Map<String, Ports> candidates) throws IOException {
        ports = candidates;
        Path objects = Files.createDirectories(folder.resolve("objects"));
        ChildProcess started = ChildProcess.start(
                new ChildProcess.Launch(command(objects), Map.of("HOME", folder.toString()), folder));
        server = started;
        try {
            await("SeaweedFS")
                    .atMost(START_PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !started.isAlive() || isReady());
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    "SeaweedFS on %s is not ready within %s: %s".formatted(endpoint(), START_PATIENCE, describe()), e);
        }
        return started.isAlive();
    }

    private List<String> command(Path objects) {
        List<String> command = new ArrayList<>(List.of(
                Interop.require(Interop.Program.WEED).toString(),
                "-logtostderr=true",
                "server",
                "-dir=" + objects,
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                // It would send statistics over the network.
                "-master.telemetry=false",
                // By default a restart waits 15 s for other masters to vote.
                "-master.resumeState=false",
                "-master.electionTimeout=1s",
                "-master.volumeSizeLimitMB=1024",
                // A bucket takes seven volumes; by default there are eight.
                "-volume.max=64",
                "-filer",
                "-filer.localSocket=" + folder.resolve("filer.sock"),
                "-s3",
                "-s3.localSocket=" + folder.resolve("s3.sock"),
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-s3.iam=false"));
        ports.forEach((role, port) -> {
            command.add("-" + role + ".port=" + port.http());
            command.add("-" + role + ".port.grpc=" + port.grpc());
        });
        return command;
    }

    /**
     * Stores an object and takes it away. Less is not enough: the S3 part answers some seconds before the part that
     * stores has found its master again.
     */
    private boolean isReady() throws IOException {
        try {
            int status = send(HttpRequest.newBuilder(endpoint().resolve("/" + bucket))
                            .PUT(HttpRequest.BodyPublishers.noBody()))
                    .statusCode();
            if (status != 200 && status != 409) {
                return false;
            }
            put(PROBE_KEY, new byte[] {1});
            delete(PROBE_KEY);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private HttpRequest.Builder request(String key) {
        return HttpRequest.newBuilder(endpoint().resolve("/" + bucket + "/" + key));
    }

    private byte[] expect(int status, HttpRequest.Builder builder) throws IOException {
        HttpResponse<byte[]> response = send(builder);
        if (response.statusCode() != status) {
            throw new IOException("%s %s: expected status %d, found %d"
                    .formatted(response.request().method(), response.uri(), status, response.statusCode()));
        }
        return response.body();
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder builder) throws IOException {
        try {
            return http.send(builder.timeout(REQUEST_TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for SeaweedFS", e);
        }
    }

    private void signal(String name) throws IOException {
        if (server == null) {
            throw new IllegalStateException(describe());
        }
        for (ProcessHandle handle : server.handles()) {
            ChildProcess.run(List.of("kill", "-" + name, Long.toString(handle.pid())), Map.of(), REQUEST_TIMEOUT)
                    .success();
        }
    }

    /** All are held at once, so that no port comes up twice. */
    private static Map<String, Ports> freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            Map<String, Ports> free = new HashMap<>();
            for (String role : ROLES) {
                ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(http);
                ServerSocket grpc = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(grpc);
                free.put(role, new Ports(http.getLocalPort(), grpc.getLocalPort()));
            }
            return Map.copyOf(free);
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** The server makes a socket for each role at a place of its own choice, and leaves it when it is killed. */
    private void deleteSockets() throws IOException {
        for (Map.Entry<String, Ports> entry : ports.entrySet()) {
            String name = "seaweedfs-%s-grpc-%d.sock"
                    .formatted(entry.getKey(), entry.getValue().grpc());
            Files.deleteIfExists(Path.of("/tmp", name));
        }
    }
}
