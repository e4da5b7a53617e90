package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LtxTrailerTest {
    @Test
    void exampleIsRead() throws Exception {
        byte[] bytes = LtxSamples.hex("ff 0000000000000000 fc73b468d1795046");
        LtxTrailer trailer = LtxTrailer.parse("f", 890, bytes, 1, LtxSamples.header(4096, 11, 3, 3));
        assertThat(trailer).isEqualTo(new LtxTrailer(0, 0xfc73b468d1795046L));
        assertThat(trailer.encode()).isEqualTo(LtxSamples.hex("0000000000000000 fc73b468d1795046"));
    }

    @ParameterizedTest
    @CsvSource({
        "true, 1, 8000000000000000, 8000000000000000, 'post-apply checksum at byte 890: expected 0 with NoChecksum'",
        "true, 1, 0000000000000000, 7fffffffffffffff, 'file checksum at byte 898: expected bit 63 set'",
        "false, 1, 0000000000000000, 8000000000000000, 'post-apply checksum at byte 890: expected bit 63 set'",
        "false, 1, 7fffffffffffffff, 8000000000000000, 'post-apply checksum at byte 890: expected bit 63 set'",
        "false, 0, 8000000000000001, 8000000000000000, '8000000000000000 of an empty database'",
    })
    void brokenRuleIsNamedWithItsPlace(boolean noChecksum, long commit, String post, String file, String message) {
        LtxHeader header =
                noChecksum ? LtxSamples.header(512, commit, 2, 2) : LtxSamples.headerWithChecksums(512, commit, 2, 2);
        byte[] bytes = LtxSamples.hex(post + file);
        assertThatThrownBy(() -> LtxTrailer.parse("x.ltx", 890, bytes, 0, header))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("x.ltx: ")
                .hasMessageContaining(message);
    }

    @Test
    void shortBytesAreNoTrailer() {
        assertThatThrownBy(() -> LtxTrailer.parse("f", 0, new byte[16], 1, LtxSamples.header(512, 1, 2, 2)))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("expected 16 bytes, found 15 bytes");
    }
}
