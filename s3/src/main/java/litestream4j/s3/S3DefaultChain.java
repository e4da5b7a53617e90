package litestream4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The AWS SDK's default chain: system properties, environment, web identity, profiles (with single sign-on, assumed
 * roles and processes), containers, instance metadata. It keeps what it found, and renews it in time. The only class
 * that knows the SDK.
 */
final class S3DefaultChain implements S3CredentialsSource {
    private final DefaultCredentialsProvider chain =
            DefaultCredentialsProvider.builder().build();

    @Override
    public S3Credentials get() throws IOException {
        try {
            AwsCredentials found = chain.resolveCredentials();
            String token = found instanceof AwsSessionCredentials session ? session.sessionToken() : null;
            return new S3Credentials(found.accessKeyId(), found.secretAccessKey(), token);
        } catch (SdkException e) {
            if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted");
                interrupted.initCause(e);
                throw interrupted;
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public boolean isRenewable() {
        return true;
    }

    @Override
    public void close() {
        chain.close();
    }
}
