package litestream4j.s3;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request to a bucket or an object in it, before it has an address and a signature. One thread builds it. */
final class S3Call {
    private final String method;
    private final String key;

    /** Encoded, and in the order of the encoded names, as signatures want it. */
    private final Map<String, String> query = new TreeMap<>();

    private final Map<String, String> headers = new TreeMap<>();
    private @Nullable Path content;

    private S3Call(String method, String key) {
        this.method = method;
        this.key = key;
    }

    static S3Call toBucket(String method) {
        return new S3Call(method, "");
    }

    static S3Call toObject(String method, String key) {
        return new S3Call(method, key);
    }

    /** @param value not set if null */
    S3Call parameter(String name, @Nullable String value) {
        if (value != null) {
            query.put(S3Text.encode(name, false), S3Text.encode(value, false));
        }
        return this;
    }

    /** @param value not set if null */
    S3Call header(String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
        return this;
    }

    S3Call content(Path file) {
        content = file;
        return this;
    }

    String method() {
        return method;
    }

    @Nullable Path content() {
        return content;
    }

    /** Returns the encoded path below a base. */
    String path(String basePath) {
        if (key.isEmpty()) {
            return basePath.isEmpty() ? "/" : basePath;
        }
        return basePath + "/" + S3Text.encode(key, true);
    }

    /** Returns the encoded query, ordered by name. */
    String query() {
        StringBuilder text = new StringBuilder();
        query.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : "&").append(name).append('=').append(value));
        return text.toString();
    }

    HttpHeaders headers() {
        HttpHeaders all = new HttpHeaders();
        headers.forEach(all::add);
        return all;
    }
}
