package litestream4j.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static litestream4j.s3.S3Fixture.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import litestream4j.replica.ReplicaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected sums are those that the definitions of the kinds give for these nine digits. */
class S3ChecksumTest {
    private static final byte[] DIGITS = "123456789".getBytes(US_ASCII);
    private static final String CRC_32 = base64("cbf43926");

    @ParameterizedTest
    @CsvSource({
        "crc32, CRC-32, cbf43926",
        "crc32c, CRC-32C, e3069283",
        "sha256, SHA-256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    })
    void holdsForWhatItIsOfAndNothingElse(String kind, String name, String sum) {
        S3Checksum same = checksum(kind, base64(sum));
        assertThat(same.name()).isEqualTo(name);
        same.update(DIGITS, 0, 4);
        same.update(DIGITS, 4, DIGITS.length - 4);
        assertThat(same.holds()).isTrue();

        S3Checksum part = checksum(kind, base64(sum));
        part.update(DIGITS, 0, DIGITS.length - 1);
        assertThat(part.holds()).isFalse();

        byte[] damaged = DIGITS.clone();
        damaged[3] ^= 1;
        S3Checksum other = checksum(kind, base64(sum));
        other.update(damaged, 0, damaged.length);
        assertThat(other.holds()).isFalse();
    }

    /** Of an object that came in parts, there is one of the parts' checksums; and newer kinds may come. */
    @ParameterizedTest
    @ValueSource(strings = {"crc32: y/Q5Jg==-2", "crc32: no Base64", "crc64nvme: rosUhgp5mIg=", "mode: ENABLED"})
    void thoseThatCannotBeCheckedAreNone(String field) {
        String[] nameAndValue = field.split(": ", 2);
        assertThat(S3Checksum.of(headers(nameAndValue[0], nameAndValue[1]))).isNull();
    }

    @Test
    void bodyOfThatChecksumIsRead() throws Exception {
        assertThat(read("123456789")).isEqualTo(DIGITS);
    }

    @Test
    void bodyOfAnotherChecksumIsDamagedOnItsWay() {
        assertThatThrownBy(() -> read("123456780"))
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessage("a file: damaged on its way: its CRC-32 is not what the store says");
    }

    private static byte[] read(String body) throws IOException {
        try (WireServer server = new WireServer();
                Http http = new Http(new HttpDialer(new HttpTest.Direct(), null), SHORT)) {
            server.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nx-amz-checksum-crc32: %s\r\n\r\n%s"
                    .formatted(CRC_32, body));
            HttpRequest request = new HttpRequest("GET", server.origin(), "/a", new HttpHeaders(), null, 0);
            try (HttpResponse response = http.call(request)) {
                S3Checksum checksum = S3Checksum.of(response.headers());
                return new S3Body(response.body(), "a file", 0, DIGITS.length, checksum).readAllBytes();
            }
        }
    }

    private static S3Checksum checksum(String kind, String value) {
        return requireNonNull(S3Checksum.of(headers(kind, value)));
    }

    private static HttpHeaders headers(String kind, String value) {
        return new HttpHeaders().add("X-Amz-Checksum-" + kind, value);
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }
}
