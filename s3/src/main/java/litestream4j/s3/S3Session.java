package litestream4j.s3;

import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Access to one bucket: makes the SDK's client at the first request, finds the bucket's region, and repeats a request
 * once when the store names another region or the credentials have expired. All else is tried once.
 *
 * <p>Safe for use by many threads; no lock is held during a request.
 */
final class S3Session implements AutoCloseable {
    private final S3Configuration configuration;
    private final Environment environment;
    private final SdkHttpClient http;
    private final ReentrantLock lock = new ReentrantLock();

    /** Clients made so far; the last is the one in use, and earlier ones may have requests running. */
    private final List<AutoCloseable> opened = new ArrayList<>();

    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    private S3Session(S3Configuration configuration, Environment environment, SdkHttpClient http) {
        this.configuration = configuration;
        this.environment = environment;
        this.http = http;
    }

    /** @throws ReplicaException.Denied if the settings of TLS or proxies cannot be used */
    static S3Session open(S3Configuration configuration, Environment environment, HttpTimeouts timeouts)
            throws ReplicaException.Denied {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeouts.connect())
                .sslContext(HttpTrust.context(configuration, environment));
        HttpProxies.of(environment).ifPresent(http::proxy);
        return new S3Session(configuration, environment, new JdkHttp(http.build(), timeouts));
    }

    S3Configuration configuration() {
        return configuration;
    }

    /**
     * Sends a request.
     *
     * @param action what is done, as the beginning of a message: {@code s3://bucket/path: cannot list L0}
     * @param permission what the credentials have to allow, such as {@code s3:ListBucket}
     */
    <T> T call(String action, String permission, Request<T> request) throws ReplicaException {
        S3Failures failures = new S3Failures(configuration, action, permission);
        try {
            Connection used = connect(failures);
            try {
                return request.send(used.client());
            } catch (S3Exception e) {
                return request.send(renew(used, e).client());
            }
        } catch (SdkException e) {
            if (closed) {
                throw new ReplicaException.Interrupted(action + ": the client was closed", e);
            }
            throw failures.translate(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        http.close();
        lock.lock();
        try {
            for (AutoCloseable resource : opened) {
                closeQuietly(resource);
            }
            opened.clear();
        } finally {
            lock.unlock();
        }
    }

    private Connection connect(S3Failures failures) throws ReplicaException {
        Connection present = connection;
        if (present != null) {
            return present;
        }
        AwsCredentialsProvider credentials = credentials();
        try {
            credentials.resolveCredentials();
        } catch (SdkException e) {
            throw failures.withoutCredentials(e);
        }
        // Without a lock, for it sends requests. Several threads may look it up at once, and find the same.
        String region = configuration.region() == null
                ? new S3RegionLookup(configuration, environment, http).find(credentials)
                : configuration.region();
        return replace(null, region, credentials);
    }

    /** Makes a connection that avoids a failure, or fails with it. */
    private Connection renew(Connection used, S3Exception failure) {
        Optional<String> region = S3Failures.namedRegion(failure).filter(name -> !name.equals(used.region()));
        if (region.isPresent()) {
            return replace(used, region.get(), used.credentials());
        }
        boolean renewable = !(used.credentials() instanceof StaticCredentialsProvider);
        if (renewable && S3Failures.isExpiredToken(failure)) {
            return replace(used, used.region(), credentials());
        }
        throw failure;
    }

    /** Installs a new connection, unless another thread did so meanwhile. */
    private Connection replace(@Nullable Connection used, String region, AwsCredentialsProvider credentials) {
        lock.lock();
        try {
            Connection present = connection;
            if (present != null && !present.equals(used)) {
                return present;
            }
            S3Client client = S3Clients.make(configuration, region, credentials, http);
            opened.add(client);
            if (credentials instanceof AutoCloseable closeable && !opened.contains(closeable)) {
                opened.add(closeable);
            }
            Connection made = new Connection(client, region, credentials);
            connection = made;
            return made;
        } finally {
            lock.unlock();
        }
    }

    private AwsCredentialsProvider credentials() {
        Optional<AwsCredentials> fixed = S3Credentials.fromEnvironment(environment);
        return fixed.isPresent()
                ? StaticCredentialsProvider.create(fixed.get())
                : DefaultCredentialsProvider.builder().build();
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception _) {
            // Nothing is lost, and there is nothing that the caller could do.
        }
    }

    /** A request of the SDK. */
    @FunctionalInterface
    interface Request<T> {
        T send(S3Client client);
    }

    private record Connection(S3Client client, String region, AwsCredentialsProvider credentials) {}
}
