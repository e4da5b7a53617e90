package litestream4j.replica;

import java.util.Set;

/** Makes clients for the URL schemes of one storage service. Found by {@link java.util.ServiceLoader}. */
public interface ReplicaProvider {
    /** Returns the schemes in lower case. */
    Set<String> schemes();

    /**
     * Makes a client. Sends no request.
     *
     * @param url of one of the schemes
     * @throws ReplicaException.Denied if the URL or the environment is not a usable configuration; the message
     *     names the part and the way out
     */
    ReplicaClient connect(ReplicaUrl url, Environment environment) throws ReplicaException;

    /**
     * Makes a writer for publishing. Sends no request.
     *
     * @throws ReplicaException.Denied likewise, or if this service cannot be published to
     */
    ReplicaWriter openWriter(ReplicaUrl url, Environment environment) throws ReplicaException;
}
