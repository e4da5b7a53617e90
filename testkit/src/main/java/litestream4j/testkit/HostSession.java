package litestream4j.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A foreign host that stays open, as a person or a service uses it: script after script, each with its answer. For a
 * host that runs one script to its end see {@link Sqlite3Shell} and {@link PythonHost}.
 *
 * <p>The host ends with the session; at the latest when this JVM does, since its input ends then. Use by one thread
 * at a time.
 */
public final class HostSession implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    /** Much longer than a host takes that is not stuck. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(15);

    /** Greater is this plus the number of the signal that ended the program. */
    private static final int SIGNALLED = 128;

    /** Stands in no database of a test. */
    private static final String END_OF_ANSWER = "~~~ end of the answer ~~~";

    /** Runs each line of standard input, a script in Base64. The names that one defines, the next ones see. */
    private static final String PYTHON_DRIVER = """
            import base64, sys
            names = {}
            for line in sys.stdin:
                exec(base64.b64decode(line), names)
                print('%s')
            """.formatted(END_OF_ANSWER);

    private final List<String> command;
    private final boolean python;
    private final Path folder;
    private final Process process;

    private HostSession(boolean python, Map<String, String> environment, String... program) throws IOException {
        this.python = python;
        // A host that is stuck when this JVM is killed would stay for ever.
        this.command = new ArrayList<>(List.of("timeout", "--signal=KILL", "3600s"));
        command.addAll(Arrays.asList(program));
        this.folder = Files.createTempDirectory("session-");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("stderr").toFile());
        ChildEnvironment.clean(builder.environment());
        builder.environment().putAll(environment);
        this.process = builder.start();
    }

    /**
     * Starts the {@code sqlite3} shell with a database in memory. Scripts are SQL and dot commands. It goes on after an
     * error, which {@link #errors} shows.
     *
     * @param environment variables to set, such as {@code LITESTREAM_REPLICA_URL}
     */
    public static HostSession shell(Map<String, String> environment) throws IOException {
        String shell = Interop.require(Interop.Program.SQLITE3).toString();
        return new HostSession(false, environment, shell, ":memory:", "-batch", "-init", "/dev/null");
    }

    /** Starts Python. An exception that a script does not catch ends it. */
    public static HostSession python(Map<String, String> environment) throws IOException {
        String python = Interop.require(Interop.Program.PYTHON).toString();
        return new HostSession(true, environment, python, "-I", "-u", "-X", "utf8", "-c", PYTHON_DRIVER);
    }

    /**
     * Runs a script.
     *
     * @return what it wrote on standard output
     * @throws AssertionError if the host ends, or does not answer within a minute; the text has what it wrote
     */
    public String run(String script) throws IOException {
        Executor afterTimeout = CompletableFuture.delayedExecutor(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        // A read of a pipe cannot be interrupted, but it ends when the other side does.
        CompletableFuture<Void> alarm = CompletableFuture.runAsync(this::kill, afterTimeout);
        try {
            OutputStream input = process.getOutputStream();
            String text = python
                    ? Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)) + "\n"
                    : script + "\n.print '" + END_OF_ANSWER + "'\n";
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
            return readAnswer(script);
        } finally {
            alarm.cancel(false);
        }
    }

    private String readAnswer(String script) throws IOException {
        InputStream output = process.getInputStream();
        byte[] end = (END_OF_ANSWER + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        while (!endsWith(answer, end)) {
            int count = output.read(buffer);
            if (count < 0) {
                throw new AssertionError("%s ended, or did not answer within %s, at\n%s\n--- stdout\n%s\n--- stderr\n%s"
                        .formatted(command, ANSWER_TIMEOUT, script, answer, errors()));
            }
            answer.write(buffer, 0, count);
        }
        return new String(answer.toByteArray(), 0, answer.size() - end.length, StandardCharsets.UTF_8);
    }

    private static boolean endsWith(ByteArrayOutputStream answer, byte[] end) {
        if (answer.size() < end.length) {
            return false;
        }
        byte[] all = answer.toByteArray();
        return Arrays.equals(all, all.length - end.length, all.length, end, 0, end.length);
    }

    /** Returns what the host has written on standard error so far. */
    public String errors() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    /** Sends what Ctrl-C sends; from another thread than the one in {@link #run}. */
    public void interrupt() throws IOException {
        ChildProcess.run(List.of("kill", "-INT", Long.toString(pid())), Map.of(), END_PATIENCE)
                .success();
    }

    /** Returns the host's process, which has answered at least once and runs under the one that bounds its life. */
    public long pid() {
        return process.descendants().findFirst().map(ProcessHandle::pid).orElseThrow();
    }

    /**
     * Ends the host: its input ends.
     *
     * @throws AssertionError if it does not end of itself, and is killed then; or if a signal ended it
     */
    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_PATIENCE)) {
                throw new AssertionError("%s did not end within %s after its input\n--- stderr\n%s"
                        .formatted(command, END_PATIENCE, errors()));
            }
            if (process.exitValue() > SIGNALLED) {
                throw new AssertionError(
                        "%s ended with status %d\n--- stderr\n%s".formatted(command, process.exitValue(), errors()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
            Folders.delete(folder);
        }
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
