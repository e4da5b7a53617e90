package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.SplittableRandom;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.FaultyClient;
import litestream4j.testkit.FaultyClient.Fault;
import litestream4j.testkit.MemoryReplica;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: what passes is waited out, and what comes in parts is put together without a seam. */
class RetryingClientTest {
    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final byte[] content = new byte[100_000];
    private final MemoryReplica replica = new MemoryReplica(false);
    private final FaultyClient store = new FaultyClient(replica, new SplittableRandom(seed), () -> Instant.EPOCH);

    private LtxFile file;
    private RetryingClient client;

    @BeforeEach
    void putFile() {
        new Random(seed).nextBytes(content);
        file = replica.put(Level.L0, LtxFileName.of(new Txid(1)), content, Instant.EPOCH);
        client = new RetryingClient(store, new FakeTime());
    }

    @Test
    void bodyThatBreaksOffGoesOnWhereItBrokeOff() throws IOException {
        store.begin(EnumSet.of(Fault.CUT), 2);
        for (int i = 0; i < 20; i++) {
            int from = i * 100;
            try (InputStream body =
                    client.read(file, from, content.length - from).body()) {
                assertThat(body.readAllBytes()).as("seed=%d", seed).containsExactly(tail(from));
            }
        }
    }

    @Test
    void requestsThatFailAreRepeated() throws IOException {
        store.begin(EnumSet.of(Fault.UNAVAILABLE), 4);
        int failed = 0;
        for (int i = 0; i < 50; i++) {
            try {
                assertThat(client.list(Level.L0, Txid.NONE)).as("seed=%d", seed).containsExactly(file);
                assertThat(client.find(Level.L0, file.name()))
                        .as("seed=%d", seed)
                        .isPresent();
            } catch (ReplicaException.Unavailable e) {
                failed++; // Six failures in a row: one call in 4096.
            }
        }
        assertThat(failed).as("seed=%d", seed).isLessThan(3);
    }

    @Test
    void fileThatIsReplacedBetweenTwoPartsIsNotMixed() throws IOException {
        try (InputStream body = client.read(file, 0, content.length).body()) {
            assertThat(body.read()).isEqualTo(content[0] & 0xFF);
        }
        store.begin(EnumSet.of(Fault.CUT), 1);
        InputStream cut = client.read(file, 0, content.length).body();
        LtxFile _ = replica.put(Level.L0, file.name(), new byte[content.length], Instant.EPOCH);
        store.end();
        assertThatThrownBy(cut::readAllBytes).as("seed=%d", seed).isInstanceOf(ReplicaException.NotFound.class);
    }

    @Test
    void whatIsRefusedIsNotRepeated() {
        replica.clear();
        assertThatThrownBy(() -> client.read(file, 0, 1)).isInstanceOf(ReplicaException.NotFound.class);
    }

    private byte[] tail(int from) {
        return Arrays.copyOfRange(content, from, content.length);
    }
}
