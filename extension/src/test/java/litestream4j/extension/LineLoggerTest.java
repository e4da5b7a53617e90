package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;

class LineLoggerTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LineLoggerFinder finder = new LineLoggerFinder(System.Logger.Level.INFO, new LogOutput(out));

    private System.Logger logger(String name) {
        return finder.getLogger(name, LineLoggerTest.class.getModule());
    }

    private String logged() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aRecordIsOneLineOfNamesAndValues() {
        logger("litestream4j").log(System.Logger.Level.WARNING, "{0}: \"{1}\" gone,\nretry {2}", "r", 7, null);
        assertThat(logged())
                .matches(Pattern.compile("time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z level=WARN"
                        + Pattern.quote(" msg=\"r: \\\"7\\\" gone,\\nretry null\"") + "\n"));
    }

    @Test
    void aFailureIsPartOfTheLine() {
        logger("litestream4j").log(System.Logger.Level.ERROR, "broken", new IllegalStateException("no\ttabs"));
        assertThat(logged())
                .contains("level=ERROR msg=\"broken\" error=\"java.lang.IllegalStateException: no\\ttabs\\n\\tat ")
                .hasLineCount(1);
    }

    @Test
    void ourLoggersBeginAtTheLevelAskedForAndOthersAtWarning() {
        for (String name : new String[] {"litestream4j", "litestream4j.s3", "litestream4jx", "software.amazon"}) {
            logger(name).log(System.Logger.Level.DEBUG, "debug " + name);
            logger(name).log(System.Logger.Level.INFO, "info " + name);
        }
        logger("software.amazon").log(System.Logger.Level.WARNING, "slow");
        assertThat(logged().replaceAll("time=\\S+ ", "")).isEqualTo("""
                        level=INFO msg="info litestream4j"
                        level=INFO msg="info litestream4j.s3"
                        level=WARN msg="slow" logger=software.amazon
                        """);
    }

    @ParameterizedTest
    @CsvSource({"DEBUG, DEBUG", "debug, DEBUG", "Debug, DEBUG", "INFO, INFO", "warn, INFO", "'', INFO", ", INFO"})
    void theLevelIsDebugOrInfo(String text, System.Logger.Level level) {
        assertThat(LineLoggerFinder.levelOf(text)).isEqualTo(level);
    }

    @Test
    void placesWithoutAParameterStayAsTheyAre() {
        assertThat(LogLine.fill("{} {0} {1} {x} {", new Object[] {"{1}"})).isEqualTo("{} {1} {1} {x} {");
        assertThat(LogLine.fill("it's {0}", new Object[] {1234567})).isEqualTo("it's 1234567");
        assertThat(LogLine.fill("{0}", null)).isEqualTo("{0}");
    }

    /** Property: the time is written as Instant writes it. Method: 10,000 moments in four centuries. */
    @Test
    void theTimeIsThatOfTheIsoCalendar() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long millis =
                    random.nextLong(-6_000_000_000_000L, 6_000_000_000_000L) / 1000 * 1000 + 1 + random.nextInt(998);
            assertThat(LogLine.at(millis).toString())
                    .as("seed=%d", seed)
                    .isEqualTo("time=" + Instant.ofEpochMilli(millis));
        }
    }

    @Test
    void librariesThatUseSlf4jLogToTheSamePlace() {
        Logger logger = new Slf4jLogger(logger("software.amazon.awssdk"));
        logger.info("not shown");
        logger.warn("retry {} of {}", 1, 3);
        logger.error("gave up", new IllegalStateException("x"));
        assertThat(logged())
                .doesNotContain("not shown")
                .contains("level=WARN msg=\"retry 1 of 3\" logger=software.amazon.awssdk\n")
                .contains("level=ERROR msg=\"gave up\" logger=software.amazon.awssdk error=\"java.lang.Illegal");
        assertThat(new Slf4jProvider().getLoggerFactory().getLogger("x").getName())
                .isEqualTo("x");
    }
}
