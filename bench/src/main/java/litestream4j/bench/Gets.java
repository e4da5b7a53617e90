package litestream4j.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import litestream4j.replica.Environment;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;

/** Reads of 4 kB from the middle of an object, by threads side by side, and the processor time that they take. */
final class Gets {
    private static final int BYTES = 4096;

    private Gets() {}

    /**
     * Reads, half as often to warm up, and then to be measured.
     *
     * @param client {@code replica} for the project's own, {@code jdk} for the JDK's
     * @param replica URL of a replica whose first file is read
     * @param object URL of that file
     * @param threads side by side
     * @param count reads of all threads together
     * @param environment with the keys for the replica; the JDK's requests are not signed
     */
    static String run(String client, String replica, String object, int threads, int count, Environment environment)
            throws IOException {
        return switch (client) {
            case "replica" -> {
                try (ReplicaClient reader = ReplicaProviders.connect(replica, environment)) {
                    LtxFile file = reader.listAll().getFirst();
                    long offset = (file.size() - BYTES) / 2;
                    yield measure(threads, count, () -> read(reader, file, offset));
                }
            }
            case "jdk" -> {
                try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
                    HttpRequest request = HttpRequest.newBuilder(URI.create(object))
                            .header("Range", "bytes=1000-" + (1000 + BYTES - 1))
                            .build();
                    yield measure(
                            threads,
                            count,
                            () -> http.send(request, HttpResponse.BodyHandlers.ofByteArray())
                                    .body()
                                    .length);
                }
            }
            default -> throw new IllegalArgumentException("no client " + client);
        };
    }

    private static int read(ReplicaClient client, LtxFile file, long offset) throws IOException {
        try (LtxObject object = client.read(file, offset, BYTES);
                InputStream body = object.body()) {
            return body.readAllBytes().length;
        }
    }

    private static String measure(int threads, int count, Callable<Integer> read) throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        repeat(threads, count / 2, read);
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        repeat(threads, count, read);
        return "cpu=%d\tnanos=%d".formatted(system.getProcessCpuTime() - cpu, System.nanoTime() - begin);
    }

    private static void repeat(int threads, int count, Callable<Integer> read) throws IOException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                running.add(pool.submit(() -> {
                    for (int i = 0; i < count / threads; i++) {
                        int length = read.call();
                        if (length != BYTES) {
                            throw new IOException("expected %d bytes, got %d".formatted(BYTES, length));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a read failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
