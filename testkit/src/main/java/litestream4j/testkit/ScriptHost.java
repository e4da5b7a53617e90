package litestream4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * Any program that reads a script from standard input, as a foreign host for the extension. It has 60 s to end.
 *
 * <p>A value says how to run it; each {@code with} method returns a changed copy.
 */
public final class ScriptHost {
    private final ScriptedProgram program;

    private ScriptHost(ScriptedProgram program) {
        this.program = program;
    }

    public static ScriptHost of(String... command) {
        return new ScriptHost(ScriptedProgram.of(List.of(command)));
    }

    /**
     * Returns a host of the system, or ends the calling test as skipped, with a line on standard error.
     *
     * @param needed a file of the library that the program needs besides itself, without which it is not there either
     * @param packages names of Debian's packages
     */
    public static ScriptHost orSkip(String packages, Path needed, String... command) {
        for (Path file : List.of(Path.of(command[0]), needed)) {
            if (!Files.exists(file)) {
                String line = "SKIPPED: %s is missing (Debian: apt-get install %s)".formatted(file, packages);
                System.err.println(line);
                Assumptions.abort(line);
            }
        }
        return of(command);
    }

    /** Adds environment variables, such as {@code LITESTREAM_REPLICA_URL}. */
    public ScriptHost withEnvironment(Map<String, String> variables) {
        return new ScriptHost(program.withEnvironment(variables));
    }

    /**
     * Runs a script.
     *
     * @throws AssertionError if it does not end in time; it is killed then
     */
    public ProcessOutput run(String script) throws IOException {
        return program.run(script);
    }
}
