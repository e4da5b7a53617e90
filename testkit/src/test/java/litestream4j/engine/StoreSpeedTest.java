package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import org.junit.jupiter.api.Test;

/** Goal: what is measured is the store and the line, not the reader. Method: bodies whose reads move a clock. */
class StoreSpeedTest {
    private static final int BODY_BYTES = 512 * 1024;
    private static final LtxFile FILE =
            new LtxFile(Level.L0, LtxFileName.of(new Txid(1)), BODY_BYTES, Instant.EPOCH, "v1");

    private final FakeTime time = new FakeTime();
    private final StoreSpeed speed = new StoreSpeed(time);

    @Test
    void aFarStoreMakesWiderGapsWorthWhile() throws IOException {
        for (int i = 0; i < Latencies.SAMPLES_MIN - 1; i++) {
            read(Duration.ofMillis(150), Duration.ofMillis(6));
        }
        assertThat(speed.gapMaxBytes()).isEqualTo(GapLimit.DEFAULT_BYTES);
        for (int i = 0; i < 10; i++) {
            read(Duration.ofMillis(150), Duration.ofMillis(6));
        }
        assertThat(speed.gapMaxBytes()).isEqualTo(4 * GapLimit.DEFAULT_BYTES);
    }

    @Test
    void aSlowLineMakesThemNarrower() throws IOException {
        for (int i = 0; i < 50; i++) {
            read(Duration.ofMillis(15), Duration.ofMillis(500));
        }
        assertThat(speed.gapMaxBytes()).isLessThan(GapLimit.DEFAULT_BYTES / 4);
    }

    @Test
    void aLineThatManyStreamsShareIsAsFastAsAllTogether() throws IOException {
        for (int i = 0; i < 50; i++) {
            LtxObject[] streams = new LtxObject[16];
            for (int k = 0; k < streams.length; k++) {
                streams[k] = begin(Duration.ofMillis(16 * 6));
            }
            for (LtxObject stream : streams) {
                stream.body().readAllBytes();
            }
            for (LtxObject stream : streams) {
                stream.close();
            }
        }
        assertThat(speed.gapMaxBytes()).isEqualTo(GapLimit.DEFAULT_BYTES);
    }

    @Test
    void aSlowReaderIsNoSlowLine() throws IOException {
        for (int i = 0; i < 50; i++) {
            try (LtxObject object = begin(Duration.ofMillis(6))) {
                object.body().readNBytes(BODY_BYTES / 2);
                time.advance(Duration.ofSeconds(1));
                object.body().readAllBytes();
            }
        }
        assertThat(speed.gapMaxBytes()).isEqualTo(GapLimit.DEFAULT_BYTES);
    }

    private void read(Duration wait, Duration body) throws IOException {
        speed.latencies(1000).add(wait.toNanos());
        try (LtxObject object = begin(body)) {
            object.body().readAllBytes();
        }
    }

    /** Begins an answer whose body takes so long, from a store in the same region. */
    private LtxObject begin(Duration body) {
        InputStream slow = new ByteArrayInputStream(new byte[BODY_BYTES]) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                int count = super.read(into, from, Math.min(length, 8192));
                time.advance(
                        count < 0 ? Duration.ZERO : body.multipliedBy(count).dividedBy(BODY_BYTES));
                return count;
            }
        };
        return speed.answered(
                new LtxObject(FILE, slow), BODY_BYTES, Duration.ofMillis(15).toNanos());
    }
}
