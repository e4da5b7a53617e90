package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Crc64IsoTest {
    @ParameterizedTest
    @CsvSource({"'', 0000000000000000", "a, 3420000000000000", "123456789, b90956c775a41001"})
    void knownValues(String text, String crc) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(Crc64Iso.of(bytes, 0, bytes.length)).isEqualTo(Long.parseUnsignedLong(crc, 16));
    }

    /**
     * Property: all ways to feed the same bytes give what the definition gives.
     * Method: every length to 100 at every place in a word, at once, in two parts, and byte by byte.
     */
    @Test
    void everyLengthAtEveryPlaceEqualsTheDefinition() {
        long seed = LtxSamples.seed();
        Random random = new Random(seed);
        byte[] bytes = new byte[128];
        random.nextBytes(bytes);
        for (int from = 0; from < 16; from++) {
            for (int length = 0; length <= 100; length++) {
                long expected = byDefinition(bytes, from, length);
                assertThat(Crc64Iso.of(bytes, from, length))
                        .as("seed=%d from=%d length=%d", seed, from, length)
                        .isEqualTo(expected);
                Crc64Iso parts = new Crc64Iso();
                int cut = random.nextInt(length + 1);
                parts.update(bytes, from, cut);
                parts.value();
                parts.update(bytes, from + cut, length - cut);
                assertThat(parts.value())
                        .as("seed=%d from=%d cut=%d length=%d", seed, from, cut, length)
                        .isEqualTo(expected);
                Crc64Iso single = new Crc64Iso();
                for (int i = from; i < from + length; i++) {
                    single.update(bytes[i]);
                }
                assertThat(single.value()).as("seed=%d, byte by byte", seed).isEqualTo(expected);
            }
        }
    }

    @Test
    void rangeOutsideTheArrayIsRefused() {
        assertThatThrownBy(() -> Crc64Iso.of(new byte[10], 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static long byDefinition(byte[] bytes, int from, int length) {
        long crc = -1;
        for (int i = from; i < from + length; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ (0xD800_0000_0000_0000L & -(crc & 1));
            }
        }
        return ~crc;
    }
}
