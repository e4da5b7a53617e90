package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what only a process of its own can show: exit codes, signals, pipes, and silence on both outputs. */
class ProcessTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    @Test
    void outputHoldsRowsAndNothingElse() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        Process process = start("query", "--csv", url, "SELECT id, v || 'é' AS v FROM t WHERE id > 11");
        assertThat(text(process.getInputStream())).isEqualTo("id,v\n12,tx12é\n");
        assertThat(text(process.getErrorStream())).isEmpty();
        assertThat(exitCode(process)).isZero();
    }

    @Test
    void failureIsOneLineAndAnExitCode() throws Exception {
        Process process = start("query", "--open-timeout", "100ms", "file://" + folder, "SELECT 1");
        assertThat(text(process.getInputStream())).isEmpty();
        assertThat(text(process.getErrorStream()).lines())
                .filteredOn(line -> !line.startsWith("time=")) // The engine's log tells what it waited for.
                .singleElement()
                .asString()
                .startsWith("litestream4j: ");
        assertThat(exitCode(process)).isEqualTo(ExitCode.NOTHING_TO_READ);
    }

    @Test
    void readerThatHasEnoughEndsTheQuery() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        Process process = start("query", "--csv", url, endless());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("x");
        }
        assertThat(text(process.getErrorStream())).isEmpty();
        assertThat(exitCode(process)).isZero();
    }

    @Test
    @Timeout(60)
    void interruptEndsTheQuery() throws Exception {
        String url = GoldenFolders.copy("synthetic-levels", folder);
        Process process = start("query", "--csv", url, endless());
        InputStreamReader out = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
        assertThat(out.read()).isEqualTo('x');
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
        while (out.read() >= 0) {
            // What was under way.
        }
        assertThat(exitCode(process)).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    @Timeout(60)
    void interruptedRestoreLeavesNothing() throws Exception {
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket")) {
            GoldenFolders.upload("synthetic-levels", store, "db");
            store.failWhen(request ->
                    request.method().equals("GET") && request.path().endsWith("c.ltx") ? new S3Fault.Silence() : null);
            Path out = Files.createDirectory(folder.resolve("out"));
            Process process =
                    start("restore", store.url("db"), "-o", out.resolve("x.db").toString());
            await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> isAlive(out, process));
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(exitCode(process)).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(out).isEmptyDirectory();
        }
    }

    /** Tells whether the work is under way; fails if it is over. */
    private static boolean isAlive(Path out, Process process) throws IOException {
        assertThat(process.isAlive()).as("still at work").isTrue();
        try (Stream<Path> files = Files.list(out)) {
            return files.findAny().isPresent();
        }
    }

    private static String endless() {
        return "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
    }

    private static Process start(String... arguments) throws IOException {
        // A test run in the background of a script inherits that SIGINT is ignored, and Java leaves it so.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "litestream4j.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(Map.of("AWS_ACCESS_KEY_ID", "any-key", "AWS_SECRET_ACCESS_KEY", "any-secret"));
        return builder.start();
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("ended")
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
