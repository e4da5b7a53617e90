package litestream4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The sqlite3 shell from its start to its end: extension loaded, replica in a folder opened, one row read. */
final class ShellStart {
    private static final List<Contender> CONTENDERS = List.of(Contender.GO, Contender.OURS, Contender.PLAIN);

    private ShellStart() {}

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        for (Shape shape : List.of(Shape.SMALL, Shape.LARGE)) {
            Replica replica = run.replica(shape);
            run.interleaved(
                    "shell, " + shape.name(),
                    run.quick() ? 3 : 11,
                    CONTENDERS,
                    contender -> sample(run, contender, replica, shape.name() + " replica"));
        }
        run.interleaved(
                "shell, load only",
                run.quick() ? 3 : 11,
                List.of(Contender.GO, Contender.OURS),
                contender -> measure(run, contender, "extension loaded only", "", load(run, contender)));
    }

    private static void sample(Run run, Contender contender, Replica replica, String what) throws IOException {
        boolean plain = contender == Contender.PLAIN;
        String open = plain ? replica.plain().toString() : "'file:x.db?vfs=litestream'";
        String script = (plain ? "" : load(run, contender)) + ".open " + open + "\n" + Queries.FIRST_ROW + ";\n";
        measure(run, contender, what, "file://" + replica.folder().toAbsolutePath(), script);
    }

    private static String load(Run run, Contender contender) {
        return ".load %s sqlite3_litestreamvfs_init\n".formatted(run.programs().extension(contender.engine));
    }

    private static void measure(Run run, Contender contender, String what, String replicaUrl, String script)
            throws IOException {
        Path input = Files.writeString(run.programs().work().resolve("shell.sql"), script);
        ProcessBuilder builder = new ProcessBuilder(
                        "/usr/bin/python3",
                        "-I",
                        run.programs().script("run-once.py").toString(),
                        input.toString(),
                        "/usr/bin/sqlite3",
                        "-batch",
                        "-bail",
                        "-init",
                        "/dev/null")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(HostProcess.environment(replicaUrl));
        Process process = builder.start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        String[] parts = answer.split("\t", -1);
        if (parts.length != 4 || !parts[1].equals("status=0")) {
            throw new IOException("sqlite3 with %s failed: %s".formatted(contender.title, answer));
        }
        String table = "sqlite3 shell, from start to end, replica in a folder";
        run.results().add(table, what + ": ms", contender, number(parts[2]));
        run.results().add(table, what + ": most memory, MB", contender, number(parts[3]));
    }

    private static double number(String pair) {
        return Double.parseDouble(pair.substring(pair.indexOf('=') + 1));
    }
}
