package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import litestream4j.replica.ReplicaClient;
import litestream4j.testkit.ForwardingClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goal: an engine ends with the last connection to its replica, however that came to an end. */
class EnginesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final EngineWorld world = EngineWorld.withoutMemory();
    private final Client client = new Client(world.client);
    private final Engines engines = new Engines((_, _) -> client);

    EnginesTest() throws IOException {}

    @Test
    void connectionThatHadNoMemoryForItsReaderLeavesNothingBehind() throws Exception {
        world.write(1);
        Reader first = open(HOUR);
        client.withoutMemory = Thread.currentThread();
        assertThatThrownBy(() -> open(Duration.ofMinutes(1))).isInstanceOf(OutOfMemoryError.class);
        client.withoutMemory = null;
        assertThat(first.database().following().timer().interval())
                .as("what it wished for is forgotten")
                .isEqualTo(HOUR);
        first.close();
        assertThat(client.isClosed).isTrue();
    }

    private Reader open(Duration pollInterval) throws IOException {
        Settings settings = new Settings(world.settings.replica(), pollInterval, 0, null);
        return engines.open(settings, _ -> null, Cancellation.NEVER);
    }

    /** A client that says so when it is closed; a thread that asks it anything may find no memory. */
    private static final class Client extends ForwardingClient {
        private volatile @Nullable Thread withoutMemory;
        private volatile boolean isClosed;

        Client(ReplicaClient client) {
            super(client);
        }

        @Override
        public boolean isLocal() {
            if (Thread.currentThread() == withoutMemory) {
                throw new OutOfMemoryError("as it happens");
            }
            return true;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
