package litestream4j.cli;

import java.io.BufferedWriter;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import litestream4j.replica.Environment;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** The command {@code litestream4j}. */
public final class Main {
    private Main() {}

    /** Runs the command, and ends the process with its exit code. */
    public static void main(String[] arguments) {
        boolean interactive = isInteractive();
        Host host = new Host(
                new FileInputStream(FileDescriptor.in),
                new BufferedWriter(
                        new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)),
                new PrintWriter(
                        new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8), true),
                interactive,
                Main::errorIsTerminal,
                Environment.PROCESS);
        int exitCode = new Tool(host).run(arguments);
        // Not by return: threads of libraries may still run.
        System.exit(exitCode);
    }

    /** Java itself tells only of standard input and output. */
    private static boolean errorIsTerminal() {
        try {
            return TerminalProvider.load("ffm").isSystemStream(SystemStream.Error);
        } catch (IOException | RuntimeException | LinkageError _) {
            return false;
        }
    }

    @SuppressWarnings("SystemConsoleNull") // Not null from 22 to 24; from 25 on null again without a terminal.
    private static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
