package litestream4j.s3;

import java.io.IOException;
import java.util.Optional;
import litestream4j.replica.Environment;

/** Where credentials come from. Safe for use by many threads. */
interface S3CredentialsSource extends AutoCloseable {
    /**
     * Takes those of the environment; without them the SDK's default chain, which is loaded for that only: it is most
     * of a start-up.
     */
    static S3CredentialsSource of(Environment environment) {
        Optional<S3Credentials> fixed = S3Credentials.fromEnvironment(environment);
        return fixed.isPresent() ? fixed.get() : new S3DefaultChain();
    }

    /**
     * Returns credentials that are valid now, and asks a service for them if it has to.
     *
     * @throws java.io.InterruptedIOException if the thread is interrupted; its status stays set
     */
    S3Credentials get() throws IOException;

    /** Tells whether a new source of the same kind may find other credentials. */
    boolean isRenewable();

    @Override
    void close();
}
