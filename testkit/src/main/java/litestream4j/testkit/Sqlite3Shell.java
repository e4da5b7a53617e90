package litestream4j.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The system's {@code sqlite3} shell: a foreign host for the extension, a writer beside the primary, and the
 * oracle for a database's contents.
 *
 * <p>A value says how to run it; each {@code with} method returns a changed copy. Dot commands work in scripts. The
 * first error ends the run with status 1. The person's own {@code ~/.sqliterc} is not read.
 */
public final class Sqlite3Shell {
    private final ScriptedProgram program;

    private Sqlite3Shell(ScriptedProgram program) {
        this.program = program;
    }

    /** Returns a shell with a database in memory. */
    public static Sqlite3Shell inMemory() {
        return open(":memory:");
    }

    /** Returns a shell on a database file, which is created if it is missing. Waits 10 s for locks. */
    public static Sqlite3Shell on(Path database) {
        return open(database.toAbsolutePath().toString());
    }

    /** Returns a shell on a database file that must exist and that is not written to. Waits 10 s for locks. */
    public static Sqlite3Shell readOnly(Path database) {
        Sqlite3Shell shell = open(database.toAbsolutePath().toString());
        return new Sqlite3Shell(shell.program.withArguments("-readonly"));
    }

    private static Sqlite3Shell open(String database) {
        String shell = Interop.require(Interop.Program.SQLITE3).toString();
        // -cmd and not PRAGMA busy_timeout: the latter would print its value.
        return new Sqlite3Shell(ScriptedProgram.of(
                List.of(shell, database, "-batch", "-bail", "-init", "/dev/null", "-cmd", ".timeout 10000")));
    }

    /** Adds environment variables, such as {@code LITESTREAM_REPLICA_URL}. */
    public Sqlite3Shell withEnvironment(Map<String, String> variables) {
        return new Sqlite3Shell(program.withEnvironment(variables));
    }

    /** Adds command line options, such as {@code -json}. */
    public Sqlite3Shell withOptions(String... options) {
        return new Sqlite3Shell(program.withArguments(options));
    }

    /** Sets the longest run; 60 s otherwise. */
    public Sqlite3Shell withTimeout(Duration limit) {
        return new Sqlite3Shell(program.withTimeout(limit));
    }

    /**
     * Runs a script of SQL and dot commands.
     *
     * @throws AssertionError if it does not end in time; it is killed then
     */
    public ProcessOutput run(String script) throws IOException {
        return program.run(script);
    }
}
