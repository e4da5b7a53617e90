package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: settings for what is not offered fail an open only where they are invalid. What is logged, ShellTest shows. */
class ForeignSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "write_enabled=true, ''",
        "write_enabled=yes, ''",
        "hydration_enabled=1&hydration_path=/tmp/x, ''",
        "sync_interval=250ms&buffer_path=/tmp/b, ''",
        "sync_interval=, ''",
        "'', LITESTREAM_WRITE_ENABLED=TRUE&LITESTREAM_SYNC_INTERVAL=1m30s",
        "'', LITESTREAM_WRITE_ENABLED=maybe&LITESTREAM_SYNC_INTERVAL=soon",
        "write_enabled=false, LITESTREAM_WRITE_ENABLED=true&LITESTREAM_SYNC_INTERVAL=soon",
        "'', LITESTREAM_HYDRATION_ENABLED=true&LITESTREAM_HYDRATION_PATH=/x&LITESTREAM_BUFFER_PATH=/y",
    })
    void readOnlyOpenGoesOn(String uri, String environment) {
        assertThatCode(() -> check(uri, environment)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "sync_interval=soon, '', 'invalid sync_interval: \"soon\": expected a duration such as'",
        "litestream_sync_interval=5, '', 'invalid sync_interval: \"5\"'",
        "sync_interval=-1s, '', 'invalid sync_interval: \"-1s\"'",
        "write_enabled=1, LITESTREAM_SYNC_INTERVAL=0s, 'invalid LITESTREAM_SYNC_INTERVAL: \"0s\"'",
        "'', LITESTREAM_WRITE_ENABLED=true&LITESTREAM_SYNC_INTERVAL=x, 'invalid LITESTREAM_SYNC_INTERVAL: \"x\"'",
    })
    void invalidIntervalIsRefused(String uri, String environment, String message) {
        assertThatThrownBy(() -> check(uri, environment))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageStartingWith(message);
    }

    private static void check(String uri, String variables) throws ReplicaException.Denied {
        Environment environment = pairs(variables)::get;
        new ForeignSettings().check("x.db", pairs(uri), environment);
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return pairs;
    }
}
