package litestream4j.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A page could not be fetched ahead of demand. Never reaches a user. */
final class AheadException extends IOException {
    private static final long serialVersionUID = 1;

    AheadException(@Nullable Throwable cause) {
        super("reading ahead failed", cause);
    }
}
