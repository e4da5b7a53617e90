package litestream4j.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A program that runs beside the test, and ends with it: when it is closed, at the latest when the JVM ends, and
 * after an hour even if the JVM was killed.
 *
 * <p>Its output goes to files, because a pipe that nobody reads would stop it. Its environment is that of the JVM
 * without everything that could send it to a real service (see {@link ChildEnvironment}).
 *
 * <p>Safe for use by many threads.
 */
final class ChildProcess implements AutoCloseable {
    /** No test or benchmark runs longer; a forgotten server must not run for days. */
    private static final Duration LIFETIME_MAX = Duration.ofHours(1);

    /** Much longer than the kernel takes for a process that was killed, even on a loaded machine. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

    private static final Duration KILL_INTERVAL = Duration.ofMillis(50);

    private static final int LOG_TAIL_LINES = 30;

    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ChildProcess::kill), "child-reaper"));
    }

    private final String name;
    private final Process process;
    private final Path stderr;

    private ChildProcess(String name, Process process, Path stderr) {
        this.name = name;
        this.process = process;
        this.stderr = stderr;
    }

    /**
     * What to start.
     *
     * @param command the program and its arguments
     * @param environment variables to set, over those of {@link ChildEnvironment}
     * @param folder the working directory, where {@code stdout} and {@code stderr} are appended to
     * @param stdin a file, or {@code /dev/null}
     */
    record Launch(List<String> command, Map<String, String> environment, Path folder, Path stdin) {
        private static final Path NOTHING = Path.of("/dev/null");

        Launch(List<String> command, Map<String, String> environment, Path folder) {
            this(command, environment, folder, NOTHING);
        }

        Path stdout() {
            return folder.resolve("stdout");
        }

        Path stderr() {
            return folder.resolve("stderr");
        }

        /** Returns the program's name without its folder, for messages. */
        String name() {
            return Path.of(command.getFirst()).getFileName().toString();
        }
    }

    static ChildProcess start(Launch launch) throws IOException {
        // The shutdown hook does not run in a JVM that is killed, as test runners do after a time-out.
        List<String> bounded = new ArrayList<>(List.of("timeout", "--signal=KILL", LIFETIME_MAX.toSeconds() + "s"));
        bounded.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(bounded)
                .directory(launch.folder().toFile())
                .redirectInput(launch.stdin().toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.stdout().toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(launch.stderr().toFile()));
        ChildEnvironment.clean(builder.environment());
        builder.environment().putAll(launch.environment());
        ChildProcess child = new ChildProcess(launch.name(), builder.start(), launch.stderr());
        RUNNING.add(child);
        return child;
    }

    /**
     * Runs a program to its end.
     *
     * @throws AssertionError if it takes longer than the timeout; it is killed then
     */
    static ProcessOutput run(Launch launch, Duration timeout) throws IOException {
        try (ChildProcess child = start(launch)) {
            if (!child.awaitExit(timeout)) {
                child.kill();
                throw new AssertionError("%s did not end within %s\n--- stdout\n%s\n--- stderr\n%s"
                        .formatted(launch.command(), timeout, read(launch.stdout()), read(launch.stderr())));
            }
            return new ProcessOutput(
                    String.join(" ", launch.command()),
                    child.process.exitValue(),
                    read(launch.stdout()),
                    read(launch.stderr()));
        }
    }

    /** Runs a program without input, as {@link #run(Launch, Duration)}, in a folder that is deleted afterwards. */
    static ProcessOutput run(List<String> command, Map<String, String> environment, Duration timeout)
            throws IOException {
        Path folder = Files.createTempDirectory("child-");
        try {
            return run(new Launch(command, environment, folder), timeout);
        } finally {
            Folders.delete(folder);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the program's process, which runs under the one that bounds its lifetime, and what it started. */
    List<ProcessHandle> handles() {
        return process.descendants().toList();
    }

    /** Asks the program to end and waits; kills it if it has not ended in time. */
    void stop(Duration patience) {
        process.destroy();
        if (!awaitExit(patience)) {
            kill();
        }
        RUNNING.remove(this);
    }

    /** Ends the program and what it started at once, as a power cut would, and waits until it is gone. */
    void kill() {
        long deadline = System.nanoTime() + KILL_PATIENCE.toNanos();
        // The bounding process ends by itself once the program is dead, and so tells that it is. Killing that one
        // first would leave the program alone in the world. Again and again, because it may not have forked yet.
        do {
            handles().forEach(ProcessHandle::destroyForcibly);
        } while (!awaitExit(KILL_INTERVAL)
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted());
        process.destroyForcibly();
        RUNNING.remove(this);
    }

    /** Returns the program's name, whether it runs, and the end of its standard error, for messages. */
    String describe() {
        String state = process.isAlive() ? "is running" : "ended with status " + process.exitValue();
        List<String> lines = read(stderr).lines().toList();
        List<String> tail = lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size());
        return name + " " + state + "; the end of its log:\n" + String.join("\n", tail);
    }

    @Override
    public void close() {
        kill();
    }

    private boolean awaitExit(Duration timeout) {
        try {
            return process.waitFor(timeout);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String read(Path file) {
        try {
            // Not readString: a program may write bytes that are no UTF-8.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }
}
