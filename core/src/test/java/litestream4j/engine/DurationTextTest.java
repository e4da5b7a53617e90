package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "1s, PT1S",
        "1.5h, PT1H30M",
        "1m30s, PT1M30S",
        "1h2m3s4ms5us6ns, PT1H2M3.004005006S",
        "5\u00b5s, PT0.000005S",
        "5\u03bcs, PT0.000005S",
        ".5s, PT0.5S",
        "2.s, PT2S",
        "0.1ns, PT0S",
        "0, PT0S",
        "+0, PT0S",
        "0s, PT0S",
        "-1s, PT-1S",
        "9223372036854775807ns, PT2562047H47M16.854775807S",
    })
    void durationIsRead(String text, Duration expected) {
        assertThat(DurationText.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "s",
                "1 s",
                " 1s",
                "1s ",
                "1S",
                "1d",
                "1e3s",
                "1,5s",
                ".s",
                "--1s",
                "1s-1s",
                "+",
                "\u0661s",
                "9223372036854775808ns",
                "99999999999999999999h",
                "fast"
            })
    void otherTextIsNone(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }
}
