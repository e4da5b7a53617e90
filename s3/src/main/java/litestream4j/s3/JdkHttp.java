package litestream4j.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * The AWS SDK's HTTP over {@link HttpClient}. Of the SDK's own clients none lets an interrupt end a wait for the
 * network, bounds a body as a whole, and keeps connections that were given back early; this one does, and saves their
 * jars. Its threads are platform threads, so that a caller that holds its carrier cannot starve it.
 *
 * <p>Safe for use by many threads. Closing it fails what is running.
 */
final class JdkHttp implements SdkHttpClient {
    /** Set by {@link HttpClient} itself, which refuses to take them. */
    private static final Set<String> OWN_HEADERS = Set.of("connection", "content-length", "expect", "host", "upgrade");

    /** In which stores name the region of a bucket that lies elsewhere. */
    static final String REGION_HEADER = "x-amz-bucket-region";

    private static final Pattern REGION = Pattern.compile("<Region>([a-z0-9-]+)</Region>");
    private static final int ERROR_BYTES_MAX = 64 * 1024;

    private final HttpClient client;
    private final HttpTimeouts timeouts;

    JdkHttp(HttpClient client, HttpTimeouts timeouts) {
        this.client = client;
        this.timeouts = timeouts;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Call(request);
    }

    @Override
    public String clientName() {
        return "JdkHttp";
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private static HttpRequest convert(HttpExecuteRequest execute) {
        SdkHttpRequest request = execute.httpRequest();
        HttpRequest.Builder converted = HttpRequest.newBuilder(request.getUri());
        request.forEachHeader((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> converted.header(name, value));
            }
        });
        BodyPublisher body = execute.contentStreamProvider()
                .map(content -> publisher(request, content))
                .orElseGet(BodyPublishers::noBody);
        return converted.method(request.method().name(), body).build();
    }

    private static BodyPublisher publisher(SdkHttpRequest request, ContentStreamProvider content) {
        long length = request.firstMatchingHeader("Content-Length")
                .map(Long::parseLong)
                .orElse(-1L);
        if (length == 0) {
            return BodyPublishers.noBody();
        }
        BodyPublisher stream = BodyPublishers.ofInputStream(content::newStream);
        return length < 0 ? stream : BodyPublishers.fromPublisher(stream, length);
    }

    private static HttpExecuteResponse convert(HttpResponse<InputStream> response) throws IOException {
        SdkHttpFullResponse.Builder converted = SdkHttpFullResponse.builder().statusCode(response.statusCode());
        response.headers().map().forEach(converted::putHeader);
        HttpExecuteResponse.Builder executed = HttpExecuteResponse.builder();
        if (response.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST) {
            byte[] document = response.body().readNBytes(ERROR_BYTES_MAX);
            response.body().close();
            exposeRegion(document, converted);
            executed.responseBody(AbortableInputStream.create(new ByteArrayInputStream(document)));
        } else if (response.body() instanceof HttpBody body) {
            executed.responseBody(AbortableInputStream.create(body, body::abort));
        }
        return executed.response(converted.build()).build();
    }

    /**
     * Adds the region that a store names in an error document as the header in which others name it: the SDK keeps the
     * headers of an error, but not its document.
     */
    private static void exposeRegion(byte[] document, SdkHttpFullResponse.Builder response) {
        Matcher region = REGION.matcher(new String(document, StandardCharsets.UTF_8));
        if (region.find() && response.matchingHeaders(REGION_HEADER).isEmpty()) {
            response.putHeader(REGION_HEADER, region.group(1));
        }
    }

    /** One request. */
    private final class Call implements ExecutableHttpRequest {
        private final HttpExecuteRequest request;
        private volatile @Nullable CompletableFuture<HttpResponse<InputStream>> running;

        Call(HttpExecuteRequest request) {
            this.request = request;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            long budget = timeouts.response().toNanos() + uploadNanos();
            CompletableFuture<HttpResponse<InputStream>> sent = client.sendAsync(
                    convert(request),
                    head -> new HttpBody(
                            head.headers().firstValueAsLong("Content-Length").orElse(-1), timeouts));
            running = sent;
            try {
                return convert(sent.get(budget, TimeUnit.NANOSECONDS));
            } catch (InterruptedException _) {
                sent.cancel(true);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the response");
            } catch (TimeoutException _) {
                sent.cancel(true);
                throw new SocketTimeoutException(
                        "no response for %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(budget)));
            } catch (CancellationException e) {
                throw new IOException("the request was cancelled", e);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IOException(cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
            }
        }

        @Override
        public void abort() {
            CompletableFuture<HttpResponse<InputStream>> sent = running;
            if (sent != null) {
                sent.cancel(true);
            }
        }

        /** A large upload may take its time before the response begins. */
        private long uploadNanos() {
            long length = request.httpRequest()
                    .firstMatchingHeader("Content-Length")
                    .map(Long::parseLong)
                    .orElse(0L);
            return TimeUnit.SECONDS.toNanos(length / HttpTimeouts.BYTES_PER_SECOND_MIN);
        }
    }
}
