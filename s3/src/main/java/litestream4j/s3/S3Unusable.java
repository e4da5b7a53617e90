package litestream4j.s3;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A setting or an answer that is of no use, however often one tries. The message holds no secret. */
final class S3Unusable extends IOException {
    private static final long serialVersionUID = 1L;

    S3Unusable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
