package litestream4j.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a {@link ScriptedS3Server} received it.
 *
 * @param method in upper case
 * @param path decoded, with a leading slash: {@code /bucket/key}
 * @param query decoded, in the order sent
 * @param headers names in lower case
 * @param body bytes of the content
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large enough not to be copied.
public record S3Request(
        String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {

    public @Nullable String header(String name) {
        return headers.get(name);
    }

    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }

    /** Returns one line with what matters in the assertion of a cost: {@code GET /b/k bytes=0-9}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(method).append(' ').append(path);
        char mark = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            line.append(mark).append(parameter.getKey()).append('=').append(parameter.getValue());
            mark = '&';
        }
        String range = headers.get("range");
        return range == null ? line.toString() : line + " " + range;
    }
}
