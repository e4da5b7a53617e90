package litestream4j.cli;

/** How the command ends; part of its interface. */
final class ExitCode {
    /** All went well. */
    static final int OK = 0;

    /** The work failed: an SQL error, a refused publication, a full disk. */
    static final int FAILED = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** The replica cannot be reached, or refuses. */
    static final int UNREACHABLE = 3;

    /** The replica holds nothing to read: it is empty, files are missing, or its layout is another one. */
    static final int NOTHING_TO_READ = 4;

    /** A file of the replica is damaged. */
    static final int DAMAGED = 5;

    /** Ended by Ctrl-C, as the shell counts it: 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
