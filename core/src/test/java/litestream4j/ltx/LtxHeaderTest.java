package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LtxHeaderTest {
    /** The header of TXID 3 of the sample replica made by release 0.5.17. */
    private static final byte[] EXAMPLE = example();

    private static byte[] example() {
        byte[] start = LtxSamples.hex("""
                4c545831 00000002 00001000 0000000b 0000000000000003 0000000000000003
                000001a2049b677b""");
        return Arrays.copyOf(start, LtxHeader.BYTES);
    }

    @Test
    void exampleIsRead() throws Exception {
        LtxHeader header = LtxHeader.parse("f", EXAMPLE, 0);
        assertThat(header)
                .isEqualTo(LtxHeader.noChecksum(
                        new PageSize(4096), new Commit(11), new Txid(3), new Txid(3), 1795373623163L));
        assertThat(header.timestamp()).isEqualTo(Instant.parse("2026-11-22T18:53:43.163Z"));
        assertThat(header.name()).hasToString("0000000000000003-0000000000000003.ltx");
        assertThat(header.encode()).isEqualTo(EXAMPLE);
    }

    @Test
    void allFieldsComeBackAtTheEndsOfTheirRanges() throws Exception {
        LtxHeader header = new LtxHeader(
                false,
                new PageSize(65536),
                new Commit(0xFFFF_FFFFL),
                new Txid(2),
                new Txid(-1),
                -5,
                -1,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                -1,
                -2,
                -3);
        byte[] shifted = new byte[LtxHeader.BYTES + 7];
        System.arraycopy(header.encode(), 0, shifted, 7, LtxHeader.BYTES);
        assertThat(LtxHeader.parse("f", shifted, 7)).isEqualTo(header);
    }

    @Test
    void reservedBytesAreNotLookedAt() throws Exception {
        byte[] bytes = EXAMPLE.clone();
        Arrays.fill(bytes, 80, 100, (byte) 0xAA);
        assertThat(LtxHeader.parse("f", bytes, 0)).isEqualTo(LtxHeader.parse("f", EXAMPLE, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4c545832, magic at byte 0",
        "4, 00000003, invalid flags: 0x00000003 at byte 4",
        "4, 00000001, 'older, unsupported LTX version'",
        "4, 80000002, invalid flags: 0x80000002 at byte 4",
        "8, 00000000, page size at byte 8",
        "8, 00000100, page size at byte 8",
        "8, 00001001, 'a power of two in [512, 65536], found 4097'",
        "8, 00020000, page size at byte 8",
        "8, 80000000, page size at byte 8",
        "16, 0000000000000000, min TXID at byte 16",
        "24, 0000000000000000, max TXID at byte 24",
        "24, 0000000000000002, max TXID at byte 24",
        "16, 8000000000000000, 'max TXID at byte 24: expected >= min TXID 8000000000000000'",
        "40, 8000000000000000, 'pre-apply checksum at byte 40: expected 0 with NoChecksum, found 8000000000000000'",
        "48, 8000000000000000, WAL offset at byte 48",
        "56, 0000000000000001, WAL size at byte 56",
        "56, 8000000000000000, WAL size at byte 56",
        "64, 00000001, WAL salts at byte 64",
        "68, 00000001, WAL salts at byte 64",
    })
    void brokenRuleIsNamedWithItsPlace(int offset, String digits, String message) {
        assertThatThrownBy(() -> LtxHeader.parse("x.ltx", with(EXAMPLE, offset, digits), 0))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("x.ltx: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000000", "7fffffffffffffff"})
    void withChecksumsTheChecksumBeforeMustBeThere(String preApply) {
        byte[] bytes = with(with(EXAMPLE, 4, "00000000"), 40, preApply);
        assertThatThrownBy(() -> LtxHeader.parse("f", bytes, 0))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("pre-apply checksum at byte 40: expected bit 63 set");
    }

    @Test
    void snapshotHasNoChecksumBefore() throws Exception {
        byte[] bytes = with(with(EXAMPLE, 4, "00000000"), 16, "0000000000000001");
        assertThat(LtxHeader.parse("f", bytes, 0).isSnapshot()).isTrue();
        assertThatThrownBy(() -> LtxHeader.parse("f", with(bytes, 40, "8000000000000000"), 0))
                .hasMessageContaining("expected 0 in a snapshot");
    }

    @Test
    void walFieldsAreTakenWithTheirOffset() throws Exception {
        byte[] bytes =
                with(with(with(EXAMPLE, 48, "0000000000000020"), 56, "0000000000001018"), 64, "0102030405060708");
        LtxHeader header = LtxHeader.parse("f", bytes, 0);
        assertThat(header.walOffset()).isEqualTo(32);
        assertThat(header.walSize()).isEqualTo(4120);
        assertThat(header.walSalt1()).isEqualTo(0x01020304);
        assertThat(header.walSalt2()).isEqualTo(0x05060708);
    }

    @Test
    void shortBytesAreNoHeader() {
        for (int length = 0; length < LtxHeader.BYTES; length++) {
            byte[] cut = Arrays.copyOf(EXAMPLE, length);
            assertThatThrownBy(() -> LtxHeader.parse("f", cut, 0))
                    .isInstanceOf(LtxFormatException.class)
                    .hasMessageContaining("expected 100 bytes, found " + length + " bytes");
        }
    }

    @Test
    void headerThatNoFileCanHaveIsNotMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LtxSamples.header(512, 1, 3, 2))
                .withMessageContaining("max TXID");
    }

    private static byte[] with(byte[] bytes, int offset, String digits) {
        byte[] changed = bytes.clone();
        byte[] field = LtxSamples.hex(digits);
        System.arraycopy(field, 0, changed, offset, field.length);
        return changed;
    }
}
