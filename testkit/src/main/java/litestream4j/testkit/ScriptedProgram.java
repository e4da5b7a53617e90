package litestream4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program that reads its script from standard input, and how to run it.
 *
 * @param command the program and its arguments
 * @param environment variables to set, over those of {@link ChildEnvironment}
 * @param timeout after which it is killed
 */
record ScriptedProgram(List<String> command, Map<String, String> environment, Duration timeout) {
    /** Long enough for every test on a loaded machine, short enough that a hang shows in the same build. */
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    ScriptedProgram {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    static ScriptedProgram of(List<String> command) {
        return new ScriptedProgram(command, Map.of(), DEFAULT_TIMEOUT);
    }

    ScriptedProgram withArguments(String... arguments) {
        return new ScriptedProgram(
                Stream.concat(command.stream(), Stream.of(arguments)).toList(), environment, timeout);
    }

    ScriptedProgram withEnvironment(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return new ScriptedProgram(command, all, timeout);
    }

    ScriptedProgram withTimeout(Duration limit) {
        return new ScriptedProgram(command, environment, limit);
    }

    ProcessOutput run(String script) throws IOException {
        Path folder = Files.createTempDirectory("script-");
        try {
            Path input = Files.writeString(folder.resolve("stdin"), script);
            return ChildProcess.run(new ChildProcess.Launch(command, environment, folder, input), timeout);
        } finally {
            Folders.delete(folder);
        }
    }
}
