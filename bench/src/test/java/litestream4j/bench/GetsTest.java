package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: both clients are asked for the same, so that their processor times can be compared. */
class GetsTest {
    private static final Environment KEYS = Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret")::get;

    private final String key = LoopbackStore.key("db", Level.SNAPSHOT, "0000000000000001-0000000000000001.ltx");
    private LoopbackStore store;

    @BeforeEach
    void start() throws IOException {
        store = LoopbackStore.start(0);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica", "jdk"})
    void eachReadIsARangeOf4096Bytes(String client) throws Exception {
        store.put(key, new byte[20_000], Instant.EPOCH);
        assertThat(run(client)).matches("cpu=\\d+\tnanos=\\d+");
        RequestLog log = store.takeLog();
        assertThat(log.requests().stream()
                        .filter(request -> request.kind() == StoreRequest.Kind.RANGE)
                        .filter(request -> request.bytes() == 4096))
                .as("20 to warm up and 40 that count")
                .hasSize(60);
    }

    @Test
    void shortReadIsAFailure() {
        store.put(key, new byte[4000], Instant.EPOCH);
        assertThatThrownBy(() -> run("jdk")).hasMessageContaining("expected 4096 bytes, got 3000");
    }

    private String run(String client) throws IOException {
        String object = store.endpoint() + "/" + LoopbackStore.BUCKET + "/" + key;
        return Gets.run(client, store.url("db"), object, 4, 40, KEYS);
    }
}
