package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DatabaseChecksumTest {
    @Test
    void pageChecksumCoversNumberAndContentAndHasBit63() {
        byte[] page = new byte[512];
        byte[] numbered = new byte[516];
        BigEndian.put32(numbered, 0, 0xFEDC_BA98);
        assertThat(DatabaseChecksum.page(0xFEDC_BA98L, page))
                .isEqualTo(Crc64Iso.of(numbered, 0, numbered.length) | 1L << 63)
                .isNotEqualTo(DatabaseChecksum.page(1, page));
    }

    @Test
    void pageThatIsTakenOutLeavesTheChecksumOfTheOthers() {
        Random random = new Random(1);
        long one = DatabaseChecksum.page(1, LtxSamples.page(512, random));
        long two = DatabaseChecksum.page(2, LtxSamples.page(512, random));
        long both = DatabaseChecksum.combine(DatabaseChecksum.combine(DatabaseChecksum.EMPTY, one), two);
        assertThat(DatabaseChecksum.combine(both, two)).isEqualTo(one);
        assertThat(DatabaseChecksum.combine(one, one)).isEqualTo(DatabaseChecksum.EMPTY);
        assertThat(both).isNegative();
    }
}
