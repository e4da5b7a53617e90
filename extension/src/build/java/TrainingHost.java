import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The SQLite shell or, where there is none, Python. */
final class TrainingHost {
    private static final int SECONDS_MAX = 120;

    private final Path library;
    private final Path scratch;
    private final Path program;
    private final ProcessBuilder process;

    TrainingHost(Path library, String java, String jvmOptions, Path scratch) {
        this.library = library;
        this.scratch = scratch;
        this.program = Stream.of("sqlite3", "python3")
                .map(name -> Path.of("/usr/bin", name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("needs /usr/bin/sqlite3 or /usr/bin/python3 to train in"));
        this.process = new ProcessBuilder(
                        isShell() ? List.of(program.toString(), "-batch") : List.of(program.toString(), "-"))
                .redirectErrorStream(true);
        process.environment().keySet().removeIf(name -> name.startsWith("LITESTREAM_") || name.startsWith("AWS_"));
        environment("LITESTREAM_JAVA_HOME", java);
        environment("LITESTREAM_JVM_OPTIONS", jvmOptions);
    }

    private boolean isShell() {
        return program.endsWith("sqlite3");
    }

    void environment(String name, String value) {
        process.environment().put(name, value);
    }

    /**
     * Opens each replica, looks up some of it and reads all.
     *
     * @param pauseSeconds in the end, so that polls come by
     * @return what the host wrote
     */
    String query(List<String> urls, int pauseSeconds) throws Exception {
        StringBuilder script = new StringBuilder(isShell() ? ".load " + library + "\n" : """
                        import sqlite3
                        loader = sqlite3.connect(':memory:')
                        loader.enable_load_extension(True)
                        loader.execute("SELECT load_extension('%s', 'sqlite3_litestreamvfs_init')")
                        """.formatted(library));
        for (String url : urls) {
            String uri = "file:x.db?vfs=litestream&replica_url=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
            script.append(
                    isShell() ? ".open '%s'\n".formatted(uri) : "c = sqlite3.connect('%s', uri=True)\n".formatted(uri));
            List<String> queries = new ArrayList<>(TrainingReplica.ANSWERS.keySet());
            queries.addAll(List.of("PRAGMA litestream_txid", "SELECT litestream_lag()"));
            for (String sql : queries) {
                script.append(isShell() ? sql + ";\n" : "print(c.execute(\"%s\").fetchone()[0])\n".formatted(sql));
            }
        }
        script.append((isShell() ? ".shell sleep %d\n" : "import time\ntime.sleep(%d)\n").formatted(pauseSeconds));
        Path input = Files.writeString(scratch.resolve("input"), script);
        Path output = scratch.resolve("output");
        Process running = process.redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!running.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            running.destroyForcibly();
            throw new IllegalStateException(program + " did not end within " + SECONDS_MAX + " s");
        }
        return Files.readString(output);
    }
}
