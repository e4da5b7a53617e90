package litestream4j.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmountsTest {
    @Test
    void bytesAreInTheGreatestUnitThatFits() {
        assertThat(Amounts.bytes(1)).isEqualTo("1 byte");
        assertThat(Amounts.bytes(999)).isEqualTo("999 bytes");
        assertThat(Amounts.bytes(1000)).isEqualTo("1.0 KB");
        assertThat(Amounts.bytes(999_949)).isEqualTo("999.9 KB");
        assertThat(Amounts.bytes(999_950)).isEqualTo("1.0 MB");
        assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("9223372.0 TB");
    }

    @Test
    void oneIsSingular() {
        assertThat(Amounts.count(1, "file")).isEqualTo("1 file");
        assertThat(Amounts.count(0, "file")).isEqualTo("0 files");
    }
}
