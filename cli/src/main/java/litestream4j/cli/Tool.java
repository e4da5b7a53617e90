package litestream4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs a command line to its exit code. */
final class Tool {
    private final Host host;

    Tool(Host host) {
        this.host = host;
    }

    /** Runs a command line; standard output is flushed, nothing is closed. */
    int run(String... arguments) {
        RootCommand root = new RootCommand();
        CommandLine line = new CommandLine(root)
                .addSubcommand(new QueryCommand(host))
                .addSubcommand(new ListCommand(host))
                .addSubcommand(new InfoCommand(host))
                .addSubcommand(new RestoreCommand(host))
                .addSubcommand(new VerifyCommand(host))
                .addSubcommand(new DiffCommand(host))
                .addSubcommand(new PublishCommand(host))
                .addSubcommand(new DemoCommand(host))
                .setOut(new PrintWriter(host.out()))
                .setErr(host.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        host.interactive() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler((e, _) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, _, _) -> failed(e, root.isVerbose()));
        layOut(line);
        return finish(line.execute(arguments), root);
    }

    private static void layOut(CommandLine command) {
        command.getCommandSpec()
                .versionProvider(new RootCommand.Version())
                .usageMessage()
                .descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading("%n")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%n");
        command.getSubcommands().values().forEach(Tool::layOut);
    }

    private int finish(int exitCode, RootCommand root) {
        try {
            host.out().flush();
        } catch (IOException e) {
            return failed(e, root.isVerbose());
        }
        return exitCode;
    }

    private int wrongUsage(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = String.valueOf(e.getMessage())
                .replaceAll("\\s*[\\r\\n]+\\s*", " ")
                .replaceFirst("^Error: ", "");
        host.err().println("litestream4j: %s; see '%s --help'".formatted(lowerFirst(message), command));
        return ExitCode.USAGE;
    }

    private int failed(Exception failure, boolean verbose) {
        if (isBrokenPipe(failure)) {
            return ExitCode.OK; // Whoever read the output has enough: "| head".
        }
        flushQuietly();
        Failure told = Failure.of(failure);
        host.err().println("litestream4j: " + told.line());
        if (verbose) {
            failure.printStackTrace(host.err());
        }
        host.err().flush();
        return told.exitCode();
    }

    /** Rows that were complete before the failure are worth having. */
    private void flushQuietly() {
        try {
            host.out().flush();
        } catch (IOException _) {
            // The failure that is being reported comes first.
        }
    }

    private static boolean isBrokenPipe(Throwable failure) {
        return failure instanceof IOException && "Broken pipe".equals(failure.getMessage());
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
