package litestream4j.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    @TempDir
    Path folder;

    /** The demo compares all that it shows with the primary, and fails if anything differs. */
    @Test
    void demoRunsAgainAndAgainInOneFolder() throws Exception {
        for (int run = 1; run <= 2; run++) {
            StringWriter out = new StringWriter();
            long begin = System.nanoTime();
            new Demo(new Stage(out, false), DemoFolder.prepare(folder.resolve("demo")), Path.of("dist/x.so")).run();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            assertThat(out.toString())
                    .contains("still", "different states seen", ".load dist/x", "replica_url=file:///")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void foldersOfOthersAreLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> DemoFolder.prepare(folder))
                .hasMessageContaining("holds files that are not of the demo; name an empty folder");
        assertThat(file).hasContent("dear");
    }
}
