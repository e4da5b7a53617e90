package litestream4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Access to one bucket: finds credentials and the bucket's region at the first request, and repeats a request once when
 * the store names another region or the credentials have expired. All else is tried once.
 *
 * <p>Safe for use by many threads; no lock is held during a request.
 */
final class S3Session implements AutoCloseable {
    private final S3Configuration configuration;
    private final Environment environment;
    private final Http http;
    private final ReentrantLock lock = new ReentrantLock();

    /** Sources made so far; the last is the one in use, and earlier ones may have requests running. */
    private final List<S3CredentialsSource> opened = new ArrayList<>();

    private volatile @Nullable S3Connection connection;
    private volatile boolean closed;

    private S3Session(S3Configuration configuration, Environment environment, Http http) {
        this.configuration = configuration;
        this.environment = environment;
        this.http = http;
    }

    /** @throws ReplicaException.Denied if the settings of TLS or proxies cannot be used */
    static S3Session open(S3Configuration configuration, Environment environment, HttpTimeouts timeouts)
            throws ReplicaException.Denied {
        ProxySelector proxies = HttpProxies.of(environment).orElseGet(S3Session::proxiesOfJava);
        HttpDialer dialer = new HttpDialer(proxies, HttpTrust.context(configuration, environment));
        return new S3Session(configuration, environment, new Http(dialer, timeouts));
    }

    /** Returns Java's own proxies; a program may have set none at all. */
    private static ProxySelector proxiesOfJava() {
        ProxySelector set = ProxySelector.getDefault();
        return set == null ? ProxySelector.of(null) : set;
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
        try {
            S3Connection used = connect(action, permission);
            try {
                return request.send(used);
            } catch (S3Error e) {
                return request.send(renew(used, e));
            }
        } catch (ReplicaException e) {
            throw e;
        } catch (IOException e) {
            if (closed) {
                throw new ReplicaException.Interrupted(action + ": the client was closed", e);
            }
            throw new S3Failures(configuration, action, permission).translate(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        http.close();
        lock.lock();
        try {
            opened.forEach(S3CredentialsSource::close);
            opened.clear();
        } finally {
            lock.unlock();
        }
    }

    private S3Connection connect(String action, String permission) throws IOException {
        S3Connection present = connection;
        if (present != null) {
            return present;
        }
        S3CredentialsSource credentials = S3CredentialsSource.of(environment);
        try {
            credentials.get();
        } catch (InterruptedIOException e) {
            credentials.close();
            throw e;
        } catch (IOException e) {
            credentials.close();
            throw new S3Failures(configuration, action, permission).withoutCredentials(e);
        }
        // Without a lock, for it sends requests. Several threads may look it up at once, and find the same.
        String region = configuration.region() == null
                ? new S3RegionLookup(configuration, environment, http).find(credentials)
                : configuration.region();
        return replace(null, region, credentials);
    }

    /** Makes a connection that avoids a failure, or fails with it. */
    private S3Connection renew(S3Connection used, S3Error failure) throws IOException {
        String region = failure.region();
        if (region != null && !region.equals(used.region())) {
            return replace(used, region, used.credentials());
        }
        if (failure.isExpiredToken() && used.credentials().isRenewable()) {
            return replace(used, used.region(), S3CredentialsSource.of(environment));
        }
        throw failure;
    }

    /** Installs a new connection, unless another thread did so meanwhile. */
    private S3Connection replace(@Nullable S3Connection used, String region, S3CredentialsSource credentials)
            throws S3Unusable {
        S3Connection made = new S3Connection(configuration, region, credentials, http);
        lock.lock();
        try {
            S3Connection present = connection;
            if (present != null && present != used) {
                if (!opened.contains(credentials)) {
                    credentials.close();
                }
                return present;
            }
            if (!opened.contains(credentials)) {
                opened.add(credentials);
            }
            connection = made;
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** A request, and what is made of its answer. */
    @FunctionalInterface
    interface Request<T> {
        T send(S3Connection connection) throws IOException;
    }
}
