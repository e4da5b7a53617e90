package litestream4j.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import litestream4j.replica.Environment;
import litestream4j.replica.FileReplicaProvider;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProvider;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.ReplicaWriter;

/**
 * The scheme {@code broken}: a folder that is read on the calling thread, as local ones are, and whose reads end in
 * one of Java's errors while it holds a file of that name. The errors are real.
 */
public final class BrokenProvider implements ReplicaProvider {
    /** Reads ask for more memory than there can be. */
    public static final String OUT_OF_MEMORY = "out-of-memory";

    /** Reads use up the stack of their thread. */
    public static final String STACK_OVERFLOW = "stack-overflow";

    /** For ServiceLoader. */
    public BrokenProvider() {}

    /** Returns the URL of a replica in a folder. */
    public static String url(Path replica) {
        return "broken://test" + replica;
    }

    @Override
    public Set<String> schemes() {
        return Set.of("broken");
    }

    @Override
    public ReplicaClient connect(ReplicaUrl url, Environment environment) throws ReplicaException {
        ReplicaUrl folder = new ReplicaUrl("file", null, null, "", -1, "/" + url.path(), Map.of());
        return new Broken(Path.of("/" + url.path()), new FileReplicaProvider().connect(folder, environment));
    }

    @Override
    public ReplicaWriter openWriter(ReplicaUrl url, Environment environment) throws ReplicaException {
        throw new ReplicaException.Denied("broken replicas are read only");
    }

    @SuppressWarnings("InfiniteRecursion") // That is what it is for.
    private static long useUp(long depth) {
        return 1 + useUp(depth + 1);
    }

    private static final class Broken extends ForwardingClient {
        private final Path root;

        Broken(Path root, ReplicaClient folder) {
            super(folder);
            this.root = root;
        }

        @Override
        public String displayUrl() {
            return url(root);
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
            if (Files.exists(root.resolve(OUT_OF_MEMORY))) {
                return unreachable(new long[Integer.MAX_VALUE].length);
            }
            if (Files.exists(root.resolve(STACK_OVERFLOW))) {
                return unreachable(useUp(0));
            }
            return super.read(file, offset, length);
        }

        private static LtxObject unreachable(long used) {
            throw new AssertionError("there was no end to it: " + used);
        }
    }
}
