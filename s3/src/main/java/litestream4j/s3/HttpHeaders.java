package litestream4j.s3;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Header fields in their order; names in any case. Not safe for use by several threads. */
final class HttpHeaders {
    /** Name, value, name, value. */
    private final List<String> fields = new ArrayList<>();

    /** @throws IllegalArgumentException if the value would end the line; the message does not repeat it */
    HttpHeaders add(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                throw new IllegalArgumentException(
                        "invalid character in the header %s: expected visible ASCII at position %d".formatted(name, i));
            }
        }
        return addReceived(name, value);
    }

    /** As {@link #add}, for what came over the network line by line. */
    HttpHeaders addReceived(String name, String value) {
        fields.add(name);
        fields.add(value);
        return this;
    }

    int count() {
        return fields.size() / 2;
    }

    String name(int index) {
        return fields.get(2 * index);
    }

    String value(int index) {
        return fields.get(2 * index + 1);
    }

    /** Returns the first field of a name. */
    @Nullable String get(String name) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }
}
