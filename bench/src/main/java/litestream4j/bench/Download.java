package litestream4j.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The limit of every scan: an object in ranges of 1 MiB, side by side, whose bytes are thrown away. */
final class Download {
    private static final int RANGE_BYTES = 1024 * 1024;

    private Download() {}

    /**
     * Downloads an object once to warm up, and once to be measured.
     *
     * @param connections ranges side by side
     */
    static Duration run(String url, long size, int connections) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            once(client, threads, url, size);
            long begin = System.nanoTime();
            once(client, threads, url, size);
            return Duration.ofNanos(System.nanoTime() - begin);
        }
    }

    private static void once(HttpClient client, ExecutorService threads, String url, long size)
            throws IOException, InterruptedException {
        List<Future<Long>> ranges = new ArrayList<>();
        for (long from = 0; from < size; from += RANGE_BYTES) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header("Range", "bytes=" + from + "-" + (Math.min(size, from + RANGE_BYTES) - 1))
                    .build();
            ranges.add(threads.submit(() -> {
                try (InputStream body = client.send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body()) {
                    return body.transferTo(OutputStream.nullOutputStream());
                }
            }));
        }
        long bytes = 0;
        for (Future<Long> range : ranges) {
            try {
                bytes += range.get();
            } catch (ExecutionException e) {
                throw new IOException(url, e);
            }
        }
        if (bytes != size) {
            throw new IOException("%s: expected %d bytes, got %d".formatted(url, size, bytes));
        }
    }
}
