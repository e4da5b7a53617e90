package litestream4j.replica;

import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The storage services that are at hand: each {@link ReplicaProvider} that {@link ServiceLoader} finds. Immutable.
 */
public final class ReplicaProviders {
    /** Services of this version that come in an artifact of their own. */
    private static final Map<String, String> ARTIFACTS = Map.of("s3", "io.github.litestream4j:litestream4j-s3");

    /** Services that replicas can lie in, but that this version cannot read. */
    private static final Map<String, String> PLANNED = Map.of(
            "gs", "Google Cloud Storage",
            "abs", "Azure Blob Storage",
            "oss", "Alibaba OSS",
            "sftp", "SFTP",
            "nats", "NATS",
            "webdav", "WebDAV",
            "webdavs", "WebDAV");

    private final SortedMap<String, ReplicaProvider> byScheme;

    private ReplicaProviders(SortedMap<String, ReplicaProvider> byScheme) {
        this.byScheme = byScheme;
    }

    /** Looks for providers with a class loader of the caller's choice. */
    public static ReplicaProviders load(ClassLoader loader) {
        SortedMap<String, ReplicaProvider> byScheme = new TreeMap<>();
        for (ReplicaProvider provider : ServiceLoader.load(ReplicaProvider.class, loader)) {
            for (String scheme : provider.schemes()) {
                byScheme.putIfAbsent(scheme, provider);
            }
        }
        return new ReplicaProviders(Collections.unmodifiableSortedMap(byScheme));
    }

    /** Returns the providers that the class loader of this class sees; looked for once. */
    public static ReplicaProviders installed() {
        return Installed.PROVIDERS;
    }

    /**
     * Makes a client of an installed provider. Sends no request.
     *
     * @throws ReplicaException.Denied if the URL cannot be used; the message says why and what to do
     */
    public static ReplicaClient connect(String url, Environment environment) throws ReplicaException {
        return connect(ReplicaUrl.parse(url), environment);
    }

    /** Likewise, for a parsed URL. */
    public static ReplicaClient connect(ReplicaUrl url, Environment environment) throws ReplicaException {
        return installed().find(url).connect(url, environment);
    }

    /**
     * Makes a writer of an installed provider, for publishing. Sends no request.
     *
     * @throws ReplicaException.Denied likewise
     */
    public static ReplicaWriter openWriter(String url, Environment environment) throws ReplicaException {
        return openWriter(ReplicaUrl.parse(url), environment);
    }

    /** Likewise, for a parsed URL. */
    public static ReplicaWriter openWriter(ReplicaUrl url, Environment environment) throws ReplicaException {
        return installed().find(url).openWriter(url, environment);
    }

    /**
     * Returns the provider for a URL's scheme.
     *
     * @throws ReplicaException.Denied if there is none; the message names the artifact that is missing, or the
     *     schemes that there are
     */
    public ReplicaProvider find(ReplicaUrl url) throws ReplicaException.Denied {
        String scheme = url.scheme();
        ReplicaProvider provider = byScheme.get(scheme);
        if (provider != null) {
            return provider;
        }
        String problem = "unsupported replica URL scheme: \"%s\"".formatted(scheme);
        String artifact = ARTIFACTS.get(scheme);
        if (artifact != null) {
            throw new ReplicaException.Denied(
                    "%s: add %s to the class path; a jar merged of several has to keep all of their META-INF/services"
                            .formatted(problem, artifact));
        }
        String known = "known schemes are " + String.join(", ", byScheme.keySet());
        String service = PLANNED.get(scheme);
        if (service != null) {
            throw new ReplicaException.Denied(
                    "%s: this version does not support %s yet; %s".formatted(problem, service, known));
        }
        throw new ReplicaException.Denied(problem + ": " + known);
    }

    /** Loaded at the first use. */
    private static final class Installed {
        static final ReplicaProviders PROVIDERS = load(ReplicaProviders.class.getClassLoader());
    }
}
