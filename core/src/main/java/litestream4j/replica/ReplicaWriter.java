package litestream4j.replica;

import java.nio.file.Path;
import litestream4j.ltx.LtxFileName;

/**
 * Adds files to a replica: for publishing, never used by a reader. It cannot replace or delete.
 */
public interface ReplicaWriter extends AutoCloseable {
    /**
     * Uploads a file; it appears whole or not at all.
     *
     * @param content a local file that holds the LTX file
     * @param timestampMillis time of the last transaction in it, in milliseconds since 1970
     * @throws ReplicaException.Denied if a file of that name exists already, or access is refused
     */
    void create(Level level, LtxFileName name, Path content, long timestampMillis) throws ReplicaException;

    @Override
    void close();
}
