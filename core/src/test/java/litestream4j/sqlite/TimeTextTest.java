package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:33:00Z, 2026-01-15T10:33:00Z",
        "2026-11-22T18:53:47.908Z, 2026-11-22T18:53:47.908Z",
        "2026-11-22T18:53:47.900Z, 2026-11-22T18:53:47.9Z",
        "1970-01-01T00:00:00Z, 1970-01-01T00:00:00Z",
        "2026-01-15T10:33:00.000000001Z, 2026-01-15T10:33:00.000000001Z",
    })
    void instantIsShownInUtcWithoutTrailingZeros(Instant instant, String text) {
        assertThat(TimeText.format(instant)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:30:00+02:00, 2026-01-15T08:30:00Z, 2026-01-15T10:30:00+02:00",
        "2026-01-15T10:30:00.500-05:30, 2026-01-15T16:00:00.5Z, 2026-01-15T10:30:00.5-05:30",
        "2026-01-15t10:30:00z, 2026-01-15T10:30:00Z, 2026-01-15T10:30:00Z",
        "2026-01-15T10:30:00.1234567891Z, 2026-01-15T10:30:00.123456789Z, 2026-01-15T10:30:00.123456789Z",
        "2026-01-15T10:30:00+00:00, 2026-01-15T10:30:00Z, 2026-01-15T10:30:00Z",
    })
    void givenTimeKeepsItsOffset(String text, Instant instant, String shown) {
        TimeText.Moment moment = TimeText.parse(text).orElseThrow();
        assertThat(moment.instant()).isEqualTo(instant);
        assertThat(moment.text()).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-01-15",
                "2026-01-15T10:30Z",
                "2026-01-15T10:30:00",
                "2026-02-30T10:30:00Z",
                "2026-01-15T25:30:00Z",
                "2026-01-15T10:30:00+99:00",
                "2026-01-15 10:30:00Z",
                "2026-01-15T10:30:00.Z"
            })
    void otherTextIsNone(String text) {
        assertThat(TimeText.parse(text)).isEmpty();
    }
}
