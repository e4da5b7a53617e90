package litestream4j.extension;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where lines go. Safe for all threads; each line is one write, so that processes may share a file. */
final class LogOutput {
    private final OutputStream out;

    LogOutput(OutputStream out) {
        this.out = out;
    }

    /**
     * Opens the log.
     *
     * @param file appended to, and created if it is missing; null or empty for standard error. One that cannot be
     *     opened is reported there, and what is logged goes there too
     */
    static LogOutput open(@Nullable String file) {
        LogOutput standardError = new LogOutput(new FileOutputStream(FileDescriptor.err));
        if (file == null || file.isEmpty()) {
            return standardError;
        }
        try {
            return new LogOutput(LogFile.append(Path.of(file)));
        } catch (IOException | InvalidPathException e) {
            standardError.line("litestream: failed to open log file: %s: %s"
                    .formatted(file, e instanceof IOException failure ? LogFile.reason(failure) : e.getMessage()));
            return standardError;
        }
    }

    synchronized void line(String text) {
        try {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // A full disk is no reason to fail a query, and there is no other place to tell it.
        }
    }
}
