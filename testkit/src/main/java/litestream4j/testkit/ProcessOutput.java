package litestream4j.testkit;

import java.util.List;

/**
 * How a program ended and what it wrote.
 *
 * @param command what was run, for messages
 * @param exit the exit status; 128 + n if signal n ended it
 * @param stdout all of it, decoded as UTF-8
 * @param stderr all of it, decoded as UTF-8
 */
public record ProcessOutput(String command, int exit, String stdout, String stderr) {
    /**
     * Returns standard output.
     *
     * @throws AssertionError if the exit status is not 0, with all that the program wrote
     */
    public String success() {
        if (exit != 0) {
            throw new AssertionError(
                    "%s ended with status %d\n--- stdout\n%s\n--- stderr\n%s".formatted(command, exit, stdout, stderr));
        }
        return stdout;
    }

    /** Returns the lines of standard output of a program that succeeded; see {@link #success}. */
    public List<String> lines() {
        return success().lines().toList();
    }
}
