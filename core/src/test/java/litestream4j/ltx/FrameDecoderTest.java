package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private static final PageSize PAGE_SIZE = new PageSize(512);

    @ParameterizedTest
    @EnumSource(PageEncoding.class)
    void frameInTheMiddleOfBytesIsDecoded(PageEncoding encoding) throws Exception {
        byte[] page = new byte[512];
        Arrays.fill(page, 100, 300, (byte) 'x');
        FrameEncoder encoder = new FrameEncoder(encoding, PAGE_SIZE);
        int length = encoder.encode(0xFFFF_FFFEL, page);
        byte[] bytes = new byte[length + 30];
        System.arraycopy(encoder.frame(), 0, bytes, 17, length);
        assertThat(FrameDecoder.decode("f", 100, bytes, 17, length, 0xFFFF_FFFEL, PAGE_SIZE))
                .isEqualTo(page);
    }

    @ParameterizedTest
    @CsvSource({
        "000000, 'page frame at byte 400'",
        "000000020001 00000000, 'page number at byte 400: expected 1, found 2'",
        "000000010002 00000000, 'page flags at byte 404: expected 0x0000 or 0x0001, found 0x0002'",
        "000000010001, 'payload size at byte 406: expected 4 bytes, found the end of the page frame'",
        "000000010001 00000001, 'payload size at byte 406: expected 0 by the size of the frame, found 1'",
        "000000010001 ffffffff, 'payload size at byte 406: expected 0 by the size of the frame, found 4294967295'",
        "000000010001 00000000, 'lz4 block at byte 410'",
        "000000010001 00000001 00, 'decoded size at byte 400: expected 512 bytes, found 0 bytes'",
        "000000010001 00000003 10aabb, 'lz4 block at byte 412'",
        "000000010000, 'lz4 frame at byte 406: expected 6 more bytes'",
    })
    void brokenFrameIsNamed(String digits, String message) {
        byte[] frame = LtxSamples.hex(digits);
        assertThatThrownBy(() -> FrameDecoder.decode("x.ltx", 400, frame, 0, frame.length, 1, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("x.ltx: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000001 0422", "00000001 5351"})
    void frameOfAnOlderGenerationIsToldAsSuch(String digits) {
        byte[] frame = LtxSamples.hex(digits + "0000000000000000");
        assertThatThrownBy(() -> FrameDecoder.decode("f", 100, frame, 0, frame.length, 1, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("older, unsupported LTX version");
    }

    @Test
    void blockOfAnotherPageSizeIsRefused() {
        FrameEncoder encoder = new FrameEncoder(PageEncoding.BLOCK, PAGE_SIZE);
        int length = encoder.encode(1, new byte[512]);
        assertThatThrownBy(() -> FrameDecoder.decode("f", 100, encoder.frame(), 0, length, 1, new PageSize(1024)))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("expected 1024 bytes, found 512 bytes");
    }

    @Test
    void roomOfAnotherSizeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameDecoder.decode("f", 0, new byte[20], 0, 20, 1, PAGE_SIZE, new byte[513]))
                .withMessageContaining("512");
    }
}
