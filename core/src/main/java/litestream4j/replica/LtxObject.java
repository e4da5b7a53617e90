package litestream4j.replica;

import java.io.IOException;
import java.io.InputStream;

/**
 * A running read of a file.
 *
 * @param file the file that is read
 * @param body the bytes asked for, from the first on. Reads throw {@link ReplicaException.Unavailable} when the
 *     connection breaks or stalls, or when the store sends fewer bytes than it announced; one thread at a time
 */
public record LtxObject(LtxFile file, InputStream body) implements AutoCloseable {
    /** Ends the read; bytes that were not read yet are not waited for. */
    @Override
    public void close() throws IOException {
        body.close();
    }
}
