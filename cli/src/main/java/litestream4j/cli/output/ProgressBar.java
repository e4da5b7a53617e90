package litestream4j.cli.output;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * A line on a terminal that shows how far a transfer is, rewritten in place some times a second and wiped at the end.
 * Without a terminal it shows nothing. Not thread-safe.
 *
 * <p>Not me.tongfei's progressbar: that brings a terminal library of another version than the shell's, whose classes
 * have the same names.
 */
public final class ProgressBar implements AutoCloseable {
    private static final long INTERVAL_NANOS = Duration.ofMillis(100).toNanos();
    private static final int CELLS = 24;
    private static final String WIPE = "\r\u001B[K";

    private final PrintWriter terminal;
    private final boolean shows;
    private final String task;
    private long total;
    private long done;
    private long begin;
    private long drawn;

    /** @param shows whether {@code terminal} is one */
    public ProgressBar(PrintWriter terminal, boolean shows, String task) {
        this.terminal = terminal;
        this.shows = shows;
        this.task = task;
    }

    /** Begins, or begins anew. */
    public void begin(long totalBytes) {
        total = totalBytes;
        done = 0;
        begin = System.nanoTime();
        drawn = begin;
    }

    public void advance(long bytes) {
        done += bytes;
        if (!shows) {
            return;
        }
        long now = System.nanoTime();
        if (now - drawn >= INTERVAL_NANOS) {
            drawn = now;
            terminal.print(WIPE + line(task, done, total, Duration.ofNanos(now - begin)));
            terminal.flush();
        }
    }

    /** Returns the line, without the codes that move the cursor. */
    static String line(String task, long done, long total, Duration elapsed) {
        double part = total == 0 ? 1 : Math.min(1, (double) done / total);
        int cells = (int) (part * CELLS);
        double seconds = Math.max(0.001, elapsed.toMillis() / 1000.0);
        String left = "";
        if (done > 0 && done < total) {
            long secondsLeft = Math.round(seconds * (total - done) / done);
            left = ", %d:%02d left".formatted(secondsLeft / 60, secondsLeft % 60);
        }
        return "%s [%s%s] %d%%  %s of %s, %s/s%s"
                .formatted(
                        task,
                        "#".repeat(cells),
                        " ".repeat(CELLS - cells),
                        (int) (part * 100),
                        Amounts.bytes(done),
                        Amounts.bytes(total),
                        Amounts.bytes((long) (done / seconds)),
                        left);
    }

    @Override
    public void close() {
        if (shows) {
            terminal.print(WIPE);
            terminal.flush();
        }
    }
}
