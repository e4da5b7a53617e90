package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;

/** The newest transaction was not reached for longer than a reader accepts. */
public final class StaleException extends IOException {
    private static final long serialVersionUID = 1;

    StaleException(String replica, Duration lag, Duration maxLag) {
        super("%s: not reached for %.1f s, more than max_lag=%.1fs allows; see the log for the reason"
                .formatted(replica, lag.toMillis() / 1000.0, maxLag.toMillis() / 1000.0));
    }
}
