package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopbackStoreTest {
    private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.US_ASCII);

    private LoopbackStore store;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        store = LoopbackStore.start(0);
        client = HttpClient.newHttpClient();
        store.put("db/0000/a.ltx", CONTENT, Instant.EPOCH);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        store.close();
    }

    @Test
    void rangeIsAPartOfTheObject() throws Exception {
        HttpResponse<String> answer = send("db/0000/a.ltx", "bytes=2-4");
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo("234");
        assertThat(answer.headers().firstValue("content-range")).contains("bytes 2-4/10");
    }

    @Test
    void bodyLargerThanOneWriteComesWhole() throws Exception {
        String text = "x".repeat(1_000_000);
        store.put("large", text.getBytes(StandardCharsets.US_ASCII), Instant.EPOCH);
        assertThat(send("large", null).body()).isEqualTo(text);
    }

    @Test
    void listingsOfMoreThanAThousandKeysGoOn() throws Exception {
        for (int i = 0; i < 1500; i++) {
            store.put("many/%04d".formatted(i), CONTENT, Instant.EPOCH);
        }
        String first = send("?list-type=2&prefix=many/", null).body();
        assertThat(first).contains("<IsTruncated>true", "<Key>many/0999</Key>").doesNotContain("many/1000");
        String second = send("?list-type=2&prefix=many/&continuation-token=many/0999", null)
                .body();
        assertThat(second).contains("<IsTruncated>false", "<Key>many/1000</Key>", "<Key>many/1499</Key>");
    }

    @Test
    void everyRequestIsLoggedWithItsKind() throws Exception {
        send("db/0000/a.ltx", null);
        send("db/0000/a.ltx", "bytes=0-1");
        send("db/0000/b.ltx", null);
        send("?list-type=2&prefix=db/", null);
        assertThat(store.takeLog().byKind()).isEqualTo("1 LIST, 1 GET, 1 RANGE, 1 MISS");
        assertThat(store.takeLog().count()).isZero();
    }

    @Test
    void latencyOfRequestsSideBySideOverlaps() throws Exception {
        send("db/0000/a.ltx", null);
        store.takeLog();
        store.setLatencyMillis(200);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(client.sendAsync(request("db/0000/a.ltx", null), HttpResponse.BodyHandlers.ofString()));
        }
        answers.forEach(CompletableFuture::join);
        RequestLog log = store.takeLog();
        assertThat(log.count()).isEqualTo(8);
        assertThat(log.requests())
                .allSatisfy(request -> assertThat(Duration.ofNanos(request.endNanos() - request.startNanos()))
                        .isGreaterThanOrEqualTo(Duration.ofMillis(200)));
        assertThat(log.dependentRoundTrips()).isLessThan(8);
    }

    private HttpResponse<String> send(String path, @Nullable String range) throws IOException, InterruptedException {
        return client.send(request(path, range), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path, @Nullable String range) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(store.endpoint() + "/" + LoopbackStore.BUCKET + "/" + path));
        return range == null ? request.build() : request.header("Range", range).build();
    }
}
