package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeExpressionTest {
    /** A Sunday. */
    private static final Instant NOW = Instant.parse("2026-11-22T18:55:23Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    2026-01-15T10:30:00Z                | 2026-01-15T10:30:00Z
                    2026-01-15T10:30:00.123456789Z      | 2026-01-15T10:30:00.123456789Z
                    2026-01-15T10:30:00.1234567891Z     | 2026-01-15T10:30:00.123456789Z
                    2026-01-15T10:30:00.100Z            | 2026-01-15T10:30:00.1Z
                    2026-01-15T10:30:00+02:00           | 2026-01-15T10:30:00+02:00
                    2026-01-15t10:30:00z                | 2026-01-15T10:30:00Z
                    2026-01-15T10:30:00-0500            | 2026-01-15T15:30:00Z
                    2026-01-15T10:30:00                 | 2026-01-15T10:30:00Z
                    2026-01-15T10:30                    | 2026-01-15T10:30:00Z
                    2026-01-15T10:30Z                   | 2026-01-15T10:30:00Z
                    2026-01-15 10:30:00                 | 2026-01-15T10:30:00Z
                    2026-01-15 10:30                    | 2026-01-15T10:30:00Z
                    Thu Jan 15 10:30:00 2026            | 2026-01-15T10:30:00Z
                    2026-01-15  10:30                   | 2026-01-15T10:30:00Z
                    2026-01-15 10:30:00Z                | 2026-01-15T10:30:00Z
                    2026-01-15 10:30:00 UTC             | 2026-01-15T10:30:00Z
                    2026-01-15 10:30:00.250             | 2026-01-15T10:30:00.25Z
                    2026-01-15 10:30:00 +02:00          | 2026-01-15T08:30:00Z
                    2026-01-15                          | 2026-01-15T00:00:00Z
                    2026/01/15                          | 2026-01-15T00:00:00Z
                    20260115                            | 2026-01-15T00:00:00Z
                    20260115T103000Z                    | 2026-01-15T10:30:00Z
                    Jan 15 2026                         | 2026-01-15T00:00:00Z
                    January 15, 2026                    | 2026-01-15T00:00:00Z
                    15 Jan 2026                         | 2026-01-15T00:00:00Z
                    15 January 2026 10:30               | 2026-01-15T10:30:00Z
                    Thu, 15 Jan 2026 10:30:00 GMT       | 2026-01-15T10:30:00Z
                    10:30                               | 2026-11-22T10:30:00Z
                    10:30:15                            | 2026-11-22T10:30:15Z
                    10:30am                             | 2026-11-22T10:30:00Z
                    12am                                | 2026-11-22T00:00:00Z
                    3pm                                 | 2026-11-22T15:00:00Z
                    noon                                | 2026-11-22T12:00:00Z
                    midnight                            | 2026-11-22T00:00:00Z
                    1700000000                          | 2023-11-14T22:13:20Z
                    1700000000000                       | 2023-11-14T22:13:20Z
                    1700000000.5                        | 2023-11-14T22:13:20.5Z
                    1700000000000000000                 | 2023-11-14T22:13:20Z
                    @1700000000                         | 2023-11-14T22:13:20Z
                    """)
    void absoluteFormsAreReadInUtc(String text, String expected) {
        assertThat(read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    5 minutes ago                       | 2026-11-22T18:50:23Z
                    5 minute ago                        | 2026-11-22T18:50:23Z
                    5 mins ago                          | 2026-11-22T18:50:23Z
                    5 min ago                           | 2026-11-22T18:50:23Z
                    5m ago                              | 2026-11-22T18:50:23Z
                    5m                                  | 2026-11-22T18:50:23Z
                    5 minutes                           | 2026-11-22T18:50:23Z
                    -5 minutes                          | 2026-11-22T18:50:23Z
                    - 5 minutes                         | 2026-11-22T18:50:23Z
                    -5m                                 | 2026-11-22T18:50:23Z
                    FIVE  Minutes AGO                   | 2026-11-22T18:50:23Z
                    30 seconds ago                      | 2026-11-22T18:54:53Z
                    30 secs ago                         | 2026-11-22T18:54:53Z
                    5 s ago                             | 2026-11-22T18:55:18Z
                    one second ago                      | 2026-11-22T18:55:22Z
                    5s ago                              | 2026-11-22T18:55:18Z
                    1 second ago                        | 2026-11-22T18:55:22Z
                    1 hour ago                          | 2026-11-22T17:55:23Z
                    one hour ago                        | 2026-11-22T17:55:23Z
                    2 hours ago                         | 2026-11-22T16:55:23Z
                    2h ago                              | 2026-11-22T16:55:23Z
                    2h                                  | 2026-11-22T16:55:23Z
                    -1 hour                             | 2026-11-22T17:55:23Z
                    a minute ago                        | 2026-11-22T18:54:23Z
                    a week ago                          | 2026-11-15T18:55:23Z
                    1 day ago                           | 2026-11-21T18:55:23Z
                    2 days ago                          | 2026-11-20T18:55:23Z
                    1 week ago                          | 2026-11-15T18:55:23Z
                    2 weeks ago                         | 2026-11-08T18:55:23Z
                    1 year ago                          | 2025-11-22T18:55:23Z
                    in 2 hours                          | 2026-11-22T20:55:23Z
                    day before yesterday                | 2026-11-20T18:55:23Z
                    yesterday 10:30                     | 2026-11-21T10:30:00Z
                    yesterday at 10:30am                | 2026-11-21T10:30:00Z
                    an hour ago                         | 2026-11-22T17:55:23Z
                    a hour ago                          | 2026-11-22T17:55:23Z
                    2 hrs ago                           | 2026-11-22T16:55:23Z
                    1 hour 30 minutes ago               | 2026-11-22T17:25:23Z
                    1 hour and 30 minutes ago           | 2026-11-22T17:25:23Z
                    1 hour, 30 minutes ago              | 2026-11-22T17:25:23Z
                    1h30m ago                           | 2026-11-22T17:25:23Z
                    -1h30m                              | 2026-11-22T17:25:23Z
                    1.5 hours ago                       | 2026-11-22T17:25:23Z
                    PT90M                               | 2026-11-22T17:25:23Z
                    -PT90M                              | 2026-11-22T17:25:23Z
                    P1DT2H                              | 2026-11-21T16:55:23Z
                    a day ago                           | 2026-11-21T18:55:23Z
                    2d ago                              | 2026-11-20T18:55:23Z
                    2w ago                              | 2026-11-08T18:55:23Z
                    1 month ago                         | 2026-10-22T18:55:23Z
                    3 months ago                        | 2026-08-22T18:55:23Z
                    2 years ago                         | 2024-11-22T18:55:23Z
                    1 decade ago                        | 2016-11-22T18:55:23Z
                    0 seconds ago                       | 2026-11-22T18:55:23Z
                    in 5 minutes                        | 2026-11-22T19:00:23Z
                    in 1 day                            | 2026-11-23T18:55:23Z
                    5 minutes from now                  | 2026-11-22T19:00:23Z
                    now                                 | 2026-11-22T18:55:23Z
                    just now                            | 2026-11-22T18:55:23Z
                    today                               | 2026-11-22T18:55:23Z
                    Yesterday                           | 2026-11-21T18:55:23Z
                    the day before yesterday            | 2026-11-20T18:55:23Z
                    tomorrow                            | 2026-11-23T18:55:23Z
                    yesterday at 10:30                  | 2026-11-21T10:30:00Z
                    yesterday 10:30am                   | 2026-11-21T10:30:00Z
                    yesterday at 10:30 pm               | 2026-11-21T22:30:00Z
                    yesterday at 3pm                    | 2026-11-21T15:00:00Z
                    yesterday noon                      | 2026-11-21T12:00:00Z
                    today at 10:30                      | 2026-11-22T10:30:00Z
                    last week                           | 2026-11-15T18:55:23Z
                    last month                          | 2026-10-22T18:55:23Z
                    last year                           | 2025-11-22T18:55:23Z
                    monday                              | 2026-11-16T00:00:00Z
                    sunday                              | 2026-11-15T00:00:00Z
                    last monday                         | 2026-11-16T00:00:00Z
                    last friday at 10:00                | 2026-11-20T10:00:00Z
                    """)
    void relativeFormsCountFromNow(String text, String expected) {
        assertThat(read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "garbage",
                "latest",
                "0",
                "-1",
                "5",
                "-5",
                "12345",
                "12345678901",
                "01/15/2026",
                "15/01/2026",
                "01/02/2026",
                "15.01.2026",
                "2026-02-30",
                "2026-13-01",
                "20261301",
                "2026-01-15 25:00",
                "2026-01-15 10:30 EST",
                "2026-01-15T10:30:61Z",
                "Fri, 15 Jan 2026 10:30:00 GMT",
                "15 Janissary 2026",
                "13pm",
                "0pm",
                "+5 minutes",
                "5 parsecs ago",
                "five ago",
                "ago",
                "minutes ago",
                "5 minutes ago ago",
                "5 minutes and ago",
                "half an hour ago",
                "a few minutes ago",
                "a fortnight ago",
                "this week",
                "next month",
                "tomorrow at 10:30",
                "2026-01-15T24:00:00Z",
                "24:00",
                "2026-01-15T10:30:00Zulu",
                "1.5 months ago",
                "last night",
                "tonight",
                "this morning",
                "next monday",
                "next week",
                "yesterday at",
                "yesterday at teatime",
                "p",
                "pt",
                "99999999999 years ago",
                "9999999999999999999999 seconds ago",
                "5 minutes; drop table t",
            })
    void whatIsNotUnderstoodIsRefused(String text) {
        assertThat(TimeExpression.parse(text, NOW)).isEmpty();
    }

    @Test
    void monthsAreClampedToTheirLength() {
        assertThat(TimeExpression.parse("1 month ago", Instant.parse("2026-03-31T12:00:00Z")))
                .hasValueSatisfying(moment -> assertThat(moment.text()).isEqualTo("2026-02-28T12:00:00Z"));
    }

    /** Goal: no text makes the parser fail, or run for long. Method: random words and characters of the grammar. */
    @Test
    void anyTextIsReadOrRefused() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] atoms = {
            "1",
            "30",
            "2026",
            "-",
            ":",
            " ",
            ".",
            "t",
            "z",
            "h",
            "m",
            "pt",
            "ago",
            "and",
            "last",
            "monday",
            "jan",
            "at",
            "in ",
            "from now",
            "yesterday",
            "pm",
            "+",
            "@",
            "1700000000",
            "an ",
            "hour",
            "/",
            ","
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                text.append(atoms[random.nextInt(atoms.length)]);
            }
            String expression = text.toString();
            assertThat(TimeExpression.parse(expression, NOW))
                    .as("seed=%d text=%s", seed, expression)
                    .satisfiesAnyOf(
                            moment -> assertThat(moment).isEmpty(),
                            moment -> assertThat(
                                            TimeText.parse(moment.orElseThrow().text()))
                                    .isEqualTo(moment));
        }
    }

    private static String read(String text) {
        return TimeExpression.parse(text, NOW).orElseThrow().text();
    }
}
