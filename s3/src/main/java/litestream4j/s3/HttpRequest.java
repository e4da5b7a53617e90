package litestream4j.s3;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A request.
 *
 * @param target path and query, encoded
 * @param headers all but Host and Content-Length
 * @param content a file, or null
 * @param contentLength its size in bytes
 */
record HttpRequest(
        String method,
        HttpOrigin origin,
        String target,
        HttpHeaders headers,
        @Nullable Path content,
        long contentLength) {

    /** Tells whether the request may be sent again when a connection that was kept open proves to be dead. */
    boolean isRepeatable() {
        return content == null;
    }
}
