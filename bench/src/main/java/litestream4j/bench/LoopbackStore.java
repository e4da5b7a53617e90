package litestream4j.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.Level;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server on the loopback address, made to be measured against: objects in memory, tags computed once, bodies sent
 * without a copy, TCP_NODELAY, a thread for each connection. Each request waits for the injected latency by itself, so
 * those side by side wait side by side; a bandwidth limit holds for all connections together. One bucket, path style,
 * signatures are not checked.
 *
 * <p>Safe for use by many threads.
 */
final class LoopbackStore implements AutoCloseable {
    static final String BUCKET = "bench";

    private final ConcurrentSkipListMap<String, StoredBytes> objects = new ConcurrentSkipListMap<>();
    private final ServerSocket listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private final List<StoreRequest> requests = new ArrayList<>();
    private final long bytesPerSecond;
    private volatile long latencyNanos;

    /** Guarded by the lock. */
    private int inFlight;

    /** When the line is free again, by {@link System#nanoTime}; guarded by the lock. */
    private long lineFreeAt = System.nanoTime();

    /** An object. The tag is what S3 would give it, in quotes. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and too large to be copied.
    record StoredBytes(byte[] content, String eTag, Instant modified) {
        static StoredBytes of(byte[] content, Instant modified) {
            return new StoredBytes(content, LoopbackStore.eTag(content), modified);
        }
    }

    private LoopbackStore(long bytesPerSecond) throws IOException {
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Starts a store on a free port.
     *
     * @param bytesPerSecond bandwidth of all connections together; 0 for no limit
     */
    static LoopbackStore start(long bytesPerSecond) throws IOException {
        LoopbackStore store = new LoopbackStore(bytesPerSecond);
        Thread.ofPlatform().daemon().name("store").start(store::accept);
        return store;
    }

    String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Returns the URL of a replica in the store, as all contenders understand it. */
    String url(String replica) {
        return "s3://%s/%s?endpoint=%s&region=us-east-1&forcePathStyle=true".formatted(BUCKET, replica, endpoint());
    }

    /** Sets the time between the end of each request and the beginning of its answer. */
    void setLatencyMillis(long millis) {
        latencyNanos = millis * 1_000_000;
    }

    /** Puts all files of a replica into the store, stamped with the time of their transactions. */
    void load(Replica replica) throws IOException {
        for (Level level : Level.ALL) {
            Path folder = replica.levels().resolve(Integer.toString(level.number()));
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    byte[] content = Files.readAllBytes(file);
                    Instant time = LtxHeader.parse(file.toString(), content, 0).timestamp();
                    put(key(replica.name(), level, folder.relativize(file).toString()), content, time);
                }
            }
        }
    }

    /** Returns where a file lies: the levels of a replica in S3 are folders named by four hexadecimal digits. */
    static String key(String replica, Level level, String file) {
        return "%s/%04x/%s".formatted(replica, level.number(), file);
    }

    void put(String key, byte[] content, Instant modified) {
        objects.put(key, StoredBytes.of(content, modified));
    }

    ConcurrentSkipListMap<String, StoredBytes> objects() {
        return objects;
    }

    /** Waits until no request is open, and returns those since the last call of this method. */
    RequestLog takeLog() throws InterruptedException {
        synchronized (lock) {
            while (inFlight > 0) {
                lock.wait();
            }
            RequestLog taken = new RequestLog(requests);
            requests.clear();
            return taken;
        }
    }

    /** Counts a request that has come: each is to be logged when it is answered. */
    void begin() {
        synchronized (lock) {
            inFlight++;
        }
    }

    /** Counts a request as done. */
    void end(@Nullable StoreRequest answered) {
        synchronized (lock) {
            inFlight--;
            if (answered != null) {
                requests.add(answered);
            }
            lock.notifyAll();
        }
    }

    /** Waits until a request that came at an instant may be answered. */
    void awaitLatency(long startNanos) {
        awaitNanoTime(startNanos + latencyNanos);
    }

    /** Waits until the line has room for some bytes, and takes it. */
    void awaitLine(int bytes) {
        if (bytesPerSecond == 0) {
            return;
        }
        long free;
        synchronized (lock) {
            long now = System.nanoTime();
            free = now - lineFreeAt > 0 ? now : lineFreeAt;
            free += bytes * 1_000_000_000L / bytesPerSecond;
            lineFreeAt = free;
        }
        awaitNanoTime(free);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Thread.ofPlatform().daemon().name("store-connection").start(() -> serve(socket));
            } catch (IOException _) {
                return; // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new StoreConnection(this, socket).serve();
        } catch (IOException _) {
            // The client went away, or the store was closed.
        } finally {
            open.remove(socket);
        }
    }

    private static void awaitNanoTime(long until) {
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static String eTag(byte[] content) {
        try {
            return '"'
                    + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content))
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
