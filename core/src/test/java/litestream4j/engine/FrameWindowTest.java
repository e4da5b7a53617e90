package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import litestream4j.replica.ReplicaException;
import org.junit.jupiter.api.Test;

class FrameWindowTest {
    /**
     * Property: a frame is what the file has at its place. Method: random frames in order, with and without gaps, some
     * longer than the window's rest and some gaps longer than the window, from streams that bring a few bytes at a
     * time.
     */
    @Test
    void frameIsWhatTheFileHasAtItsPlace() throws IOException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 500; run++) {
            byte[] file = new byte[20_000];
            random.nextBytes(file);
            int begin = random.nextInt(1000);
            byte[] room = new byte[100 + random.nextInt(400)];
            FrameWindow window = new FrameWindow(slow(file, begin, random), begin, file.length, room, "f");
            int offset = begin;
            while (true) {
                int length = 1 + random.nextInt(100);
                offset += random.nextBoolean() ? 0 : random.nextInt(1200);
                if (offset + length > file.length) {
                    break;
                }
                int from = window.await(offset, length);
                assertThat(Arrays.copyOfRange(room, from, from + length))
                        .as("seed=%d run=%d offset=%d", seed, run, offset)
                        .isEqualTo(Arrays.copyOfRange(file, offset, offset + length));
                offset += length;
            }
        }
    }

    private static InputStream slow(byte[] file, int begin, Random random) {
        return new ByteArrayInputStream(file, begin, file.length - begin) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                assertThat(length).isPositive();
                return super.read(into, from, Math.min(length, 1 + random.nextInt(150)));
            }
        };
    }

    @Test
    void bodyThatEndsEarlySaysSo() throws IOException {
        FrameWindow window = new FrameWindow(new ByteArrayInputStream(new byte[10]), 0, 20, new byte[20], "0/a.ltx");
        assertThat(window.await(0, 10)).isZero();
        assertThatThrownBy(() -> window.await(10, 10))
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessage("0/a.ltx: body cut short");
    }
}
