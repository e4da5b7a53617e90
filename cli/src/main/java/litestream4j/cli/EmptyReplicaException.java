package litestream4j.cli;

import java.io.IOException;

/** A replica holds no files. */
final class EmptyReplicaException extends IOException {
    private static final long serialVersionUID = 1;

    EmptyReplicaException(String replica) {
        super(replica + ": holds no files; check the URL, and whether the primary replicates there");
    }
}
