package litestream4j.replica;

import java.nio.file.Path;
import java.util.Set;

/** Replicas in a folder of this machine: {@code file:///PATH}. */
public final class FileReplicaProvider implements ReplicaProvider {
    /** For ServiceLoader. */
    public FileReplicaProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public ReplicaClient connect(ReplicaUrl url, Environment environment) {
        return new FileReplicaClient(Path.of(url.path()), url.displayName());
    }

    @Override
    public ReplicaWriter openWriter(ReplicaUrl url, Environment environment) {
        return new FileReplicaWriter(Path.of(url.path()), url.displayName());
    }
}
