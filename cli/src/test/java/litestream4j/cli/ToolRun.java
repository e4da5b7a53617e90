package litestream4j.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One run of the command inside this JVM.
 *
 * @param exitCode how it ended
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record ToolRun(int exitCode, String out, String err) {
    public static ToolRun of(String... arguments) {
        return with("", Map.of(), arguments);
    }

    static ToolRun with(String input, Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        ToolRun run = into(out, input, environment, arguments);
        return new ToolRun(run.exitCode, out.toString(), run.err);
    }

    /** Runs with an output that may fail. */
    static ToolRun into(Writer out, String input, Map<String, String> environment, String... arguments) {
        StringWriter err = new StringWriter();
        PrintWriter errors = new PrintWriter(err, true);
        Host host = new Host(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                out,
                errors,
                false,
                () -> false,
                environment::get);
        int exitCode = new Tool(host).run(arguments);
        return new ToolRun(exitCode, "", err.toString());
    }

    /** Returns standard output of a run that went well. */
    public String success() {
        if (exitCode != ExitCode.OK || !err.isEmpty()) {
            throw new AssertionError("ended with %d: %s".formatted(exitCode, err));
        }
        return out;
    }

    List<String> lines() {
        return success().lines().toList();
    }

    /** A pipe whose reader went away. */
    static Writer brokenPipe() {
        return new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
