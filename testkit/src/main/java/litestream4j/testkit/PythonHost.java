package litestream4j.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The system's Python: a foreign host for the extension through its {@code sqlite3} module, with threads and forks.
 *
 * <p>A value says how to run it; each {@code with} method returns a changed copy. Runs in isolated mode, so that
 * neither {@code PYTHON*} variables nor packages of the person count; output is not buffered.
 */
public final class PythonHost {
    private final ScriptedProgram program;

    private PythonHost(ScriptedProgram program) {
        this.program = program;
    }

    public static PythonHost create() {
        String python = Interop.require(Interop.Program.PYTHON).toString();
        return new PythonHost(ScriptedProgram.of(List.of(python, "-I", "-u", "-X", "utf8", "-")));
    }

    /** Adds environment variables, such as {@code LITESTREAM_REPLICA_URL}. */
    public PythonHost withEnvironment(Map<String, String> variables) {
        return new PythonHost(program.withEnvironment(variables));
    }

    /** Adds arguments, which the script sees from {@code sys.argv[1]} on. */
    public PythonHost withArguments(String... arguments) {
        return new PythonHost(program.withArguments(arguments));
    }

    /** Sets the longest run; 60 s otherwise. */
    public PythonHost withTimeout(Duration limit) {
        return new PythonHost(program.withTimeout(limit));
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
