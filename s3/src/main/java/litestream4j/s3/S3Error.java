package litestream4j.s3;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer that refuses a request. */
final class S3Error extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Set<String> EXPIRED = Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired");

    private final int status;
    private final String code;
    private final @Nullable String region;

    /**
     * @param code of the error document; empty if there is none
     * @param region that the answer names, for a bucket that lies elsewhere; or null
     */
    S3Error(int status, String code, @Nullable String region) {
        super("HTTP " + status + (code.isEmpty() ? "" : " " + code));
        this.status = status;
        this.code = code;
        this.region = region;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    @Nullable String region() {
        return region;
    }

    boolean isExpiredToken() {
        return EXPIRED.contains(code);
    }
}
