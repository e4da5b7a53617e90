package litestream4j.testkit;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server in this process, path style, with one bucket: list, get, head and put, ranges, conditions and ETags. It
 * logs each request and makes faults on demand. Signatures are not checked. Not a model of any store: to be sure of
 * one, run the contract suite against it.
 *
 * <p>Safe for use by many threads.
 */
public final class ScriptedS3Server implements AutoCloseable {
    private final String bucket;
    private final TinyHttpServer http;
    private final ConcurrentSkipListMap<String, StoredObject> objects = new ConcurrentSkipListMap<>();
    private final List<S3Request> requests = new ArrayList<>();
    private final Queue<S3Fault> faults = new ArrayDeque<>();
    private final Object lock = new Object();
    private volatile int pageSize = 1000;
    private volatile String region = "";
    private volatile Function<S3Request, @Nullable S3Fault> rule = _ -> null;

    private ScriptedS3Server(String bucket) throws IOException {
        this.bucket = bucket;
        this.http = new TinyHttpServer(this::answer);
    }

    /** Starts a server on a free port of the loopback address. */
    public static ScriptedS3Server start(String bucket) throws IOException {
        ScriptedS3Server server = new ScriptedS3Server(bucket);
        server.http.start();
        return server;
    }

    /** Returns {@code http://127.0.0.1:PORT}. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + http.port());
    }

    /** Returns the URL of a replica in the bucket. */
    public String url(String path) {
        return "s3://%s/%s?endpoint=%s".formatted(bucket, path, endpoint());
    }

    public void put(String key, byte[] content, Instant modified) {
        objects.put(key, new StoredObject(content.clone(), modified, Map.of()));
    }

    public void remove(String key) {
        objects.remove(key);
    }

    /** Returns the user metadata of an object, names in lower case and without {@code x-amz-meta-}. */
    public Map<String, String> metadata(String key) {
        StoredObject object = objects.get(key);
        if (object == null) {
            throw new AssertionError("no object " + key + " among " + objects.keySet());
        }
        return object.metadata();
    }

    /** Sets how many keys a listing holds before it goes on in another request. */
    public void setPageSize(int keys) {
        pageSize = keys;
    }

    /** Sets what the bucket's location is said to be. */
    public void setRegion(String name) {
        region = name;
    }

    /** Makes the next requests go wrong, one for each fault. */
    public void failNext(S3Fault... next) {
        synchronized (lock) {
            faults.addAll(List.of(next));
        }
    }

    /** Makes requests go wrong for as long as the server runs; null for those that are answered as they should be. */
    public void failWhen(Function<S3Request, @Nullable S3Fault> chosen) {
        rule = chosen;
    }

    /** Returns the requests since the last call of this method, oldest first. */
    public List<S3Request> takeRequests() {
        synchronized (lock) {
            List<S3Request> taken = List.copyOf(requests);
            requests.clear();
            return taken;
        }
    }

    /** Returns how many connections clients have opened so far. */
    public int connections() {
        return http.connections();
    }

    /** Ends the server and all connections. */
    @Override
    public void close() {
        http.close();
    }

    private TinyHttpServer.Reply answer(S3Request request) {
        S3Fault fault;
        synchronized (lock) {
            requests.add(request);
            fault = faults.poll();
        }
        if (fault == null) {
            fault = rule.apply(request);
        }
        if (fault instanceof S3Fault.Status error) {
            return TinyHttpServer.Reply.of(
                    S3Answers.error(error.status(), error.code(), error.headers(), error.elements()));
        }
        boolean whole = fault instanceof S3Fault.WholeObject;
        return new TinyHttpServer.Reply(handle(request, whole), fault);
    }

    private S3Response handle(S3Request request, boolean ignoreRange) {
        String[] parts = request.path().substring(1).split("/", 2);
        if (!parts[0].equals(bucket)) {
            return S3Answers.error(404, "NoSuchBucket", Map.of(), "");
        }
        String key = parts.length < 2 ? "" : parts[1];
        if (!key.isEmpty()) {
            return switch (request.method()) {
                case "GET", "HEAD" -> get(request, key, ignoreRange);
                case "PUT" -> put(request, key);
                default -> S3Answers.error(405, "MethodNotAllowed", Map.of(), "");
            };
        }
        if (request.method().equals("HEAD")) {
            return new S3Response(200, Map.of("x-amz-bucket-region", region), new byte[0]);
        }
        return request.query().containsKey("location")
                ? S3Answers.location(region)
                : S3Answers.list(bucket, request, objects, pageSize);
    }

    private S3Response get(S3Request request, String key, boolean ignoreRange) {
        StoredObject object = objects.get(key);
        return object == null
                ? S3Answers.error(404, "NoSuchKey", Map.of(), "<Key>" + key + "</Key>")
                : S3Answers.object(request, object, ignoreRange);
    }

    private S3Response put(S3Request request, String key) {
        StoredObject object = StoredObject.of(request, Instant.now());
        if ("*".equals(request.header("if-none-match"))) {
            if (objects.putIfAbsent(key, object) != null) {
                return S3Answers.error(412, "PreconditionFailed", Map.of(), "");
            }
        } else {
            objects.put(key, object);
        }
        return new S3Response(200, Map.of("ETag", object.eTag()), new byte[0]);
    }
}
