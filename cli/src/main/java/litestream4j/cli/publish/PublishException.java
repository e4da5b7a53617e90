package litestream4j.cli.publish;

import java.io.IOException;

/** A database cannot be published as things are. The message names cause and way out. */
public final class PublishException extends IOException {
    private static final long serialVersionUID = 1;

    PublishException(String message) {
        super(message);
    }

    PublishException(String message, Throwable cause) {
        super(message, cause);
    }
}
