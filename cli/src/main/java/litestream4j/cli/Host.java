package litestream4j.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import litestream4j.replica.Environment;

/**
 * What a run of the command sees of the world.
 *
 * @param in standard input
 * @param out standard output; reports failures by exceptions, as a {@link PrintWriter} would not
 * @param err standard error
 * @param interactive whether a person sits at both ends: standard input and output are terminals
 * @param errorIsTerminal tells whether standard error is a terminal; asked only where that matters
 * @param environment the variables
 */
record Host(
        InputStream in,
        Writer out,
        PrintWriter err,
        boolean interactive,
        BooleanSupplier errorIsTerminal,
        Environment environment) {
    /** Tells whether somebody watches how far the work is. */
    boolean showsProgress() {
        return errorIsTerminal.getAsBoolean();
    }

    /** Returns the folder for what the command remembers from run to run, as the XDG rules say. */
    Path stateFolder() {
        String named = environment.get("XDG_STATE_HOME");
        Path parent = named != null && Path.of(named).isAbsolute()
                ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return parent.resolve("litestream4j");
    }
}
