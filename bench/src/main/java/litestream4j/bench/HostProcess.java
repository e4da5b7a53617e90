package litestream4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own in which one contender runs, and that does what it is told: host.py, or {@link JdbcHost}. Ends
 * when it is closed, since its input ends then.
 */
final class HostProcess implements AutoCloseable {
    /** Debian's: a Python built elsewhere may lack {@code load_extension}. */
    private static final String PYTHON = "/usr/bin/python3";

    private final Contender contender;
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    private HostProcess(Contender contender, Process process) {
        this.contender = contender;
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts a host, with the engine loaded into it.
     *
     * @param replicaUrl that its connections read
     */
    static HostProcess start(Contender contender, Programs programs, String replicaUrl) throws IOException {
        Path log = Files.createDirectories(programs.work().resolve("logs"))
                .resolve(contender.name().toLowerCase(Locale.ROOT) + ".log");
        List<String> command = contender.onJvm
                ? javaCommand()
                : List.of(
                        PYTHON,
                        "-I",
                        "-u",
                        "-X",
                        "utf8",
                        programs.script("host.py").toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(replicaUrl));
        HostProcess host = new HostProcess(contender, builder.start());
        if (contender.readsReplica()) {
            host.call(
                    "load",
                    contender.onJvm ? "" : programs.extension(contender.engine).toString(),
                    "sqlite3_litestreamvfs_init");
        }
        return host;
    }

    /** Returns what a host's environment holds: nothing of the person's, so neither keys nor proxies. */
    static Map<String, String> environment(String replicaUrl) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", "/nonexistent");
        environment.put("TZ", "UTC");
        environment.put("AWS_ACCESS_KEY_ID", "key");
        environment.put("AWS_SECRET_ACCESS_KEY", "secret");
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put("LITESTREAM_JAVA_HOME", System.getProperty("java.home"));
        environment.put("LITESTREAM_REPLICA_URL", replicaUrl);
        String options = System.getProperty("bench.jvm.options");
        if (options != null) {
            environment.put("LITESTREAM_JVM_OPTIONS", options);
        }
        return environment;
    }

    private static List<String> javaCommand() {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        String options = System.getProperty("bench.jvm.options", "");
        command.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                // As much as the other hosts take, so that memory can be compared.
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                JdbcHost.class.getName()));
        return command;
    }

    /**
     * Has a command done.
     *
     * @throws IOException if the host refused or failed
     */
    Map<String, String> call(String... words) throws IOException {
        commands.write(String.join("\t", words) + "\n");
        commands.flush();
        String answer = answers.readLine();
        // A JVM that is profiled says so on standard output.
        while (answer != null && !answer.startsWith("ok\t") && !answer.equals("ok") && !answer.startsWith("error\t")) {
            answer = answers.readLine();
        }
        if (answer == null) {
            throw new IOException("%s ended during %s; see its log".formatted(contender.title, words[0]));
        }
        String[] parts = answer.split("\t", -1);
        if (!parts[0].equals("ok")) {
            throw new IOException("%s: %s: %s".formatted(contender.title, String.join(" ", words), answer));
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                values.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
            }
        }
        return values;
    }

    /** Returns one number of what a command answers. */
    double measure(String key, String... words) throws IOException {
        return Double.parseDouble(call(words).getOrDefault(key, "NaN"));
    }

    /** Returns the resident memory of the process, in megabytes. */
    double residentMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException(contender.title + ": no VmRSS; did it end?");
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
