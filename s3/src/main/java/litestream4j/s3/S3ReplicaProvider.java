package litestream4j.s3;

import java.util.Set;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProvider;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.ReplicaWriter;

/** Replicas in Amazon S3 and compatible stores: {@code s3://BUCKET/PATH}. */
public final class S3ReplicaProvider implements ReplicaProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    @Override
    public ReplicaClient connect(ReplicaUrl url, Environment environment) throws ReplicaException {
        return new S3ReplicaClient(url.displayName(), session(url, environment));
    }

    @Override
    public ReplicaWriter openWriter(ReplicaUrl url, Environment environment) throws ReplicaException {
        return new S3ReplicaWriter(url.displayName(), session(url, environment));
    }

    private static S3Session session(ReplicaUrl url, Environment environment) throws ReplicaException {
        S3Parameter.warnOfUnknown(url);
        return S3Session.open(S3Configuration.of(url, environment), environment, HttpTimeouts.DEFAULT);
    }
}
