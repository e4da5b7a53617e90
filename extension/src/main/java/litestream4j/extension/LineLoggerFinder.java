package litestream4j.extension;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is logged to standard error, or to the file that {@code LITESTREAM_LOG_FILE} names, a line each. Found by
 * {@link java.util.ServiceLoader}. Our own loggers begin at INFO, or at DEBUG if {@code LITESTREAM_LOG_LEVEL} says so
 * in any case; those of libraries at WARNING.
 *
 * <p>In the way when an extension is loaded, and so made without regular expressions, formatters and
 * {@code java.util.logging}, each of which would cost some milliseconds.
 */
public final class LineLoggerFinder extends System.LoggerFinder {
    private static final String OURS = "litestream4j";

    private final System.Logger.Level ours;
    private final LogOutput output;

    /** For ServiceLoader. */
    public LineLoggerFinder() {
        this(levelOf(System.getenv("LITESTREAM_LOG_LEVEL")), LogOutput.open(System.getenv("LITESTREAM_LOG_FILE")));
    }

    LineLoggerFinder(System.Logger.Level ours, LogOutput output) {
        this.ours = ours;
        this.output = output;
    }

    static System.Logger.Level levelOf(@Nullable String text) {
        boolean debug = text != null && text.toUpperCase(Locale.ROOT).equals("DEBUG");
        return debug ? System.Logger.Level.DEBUG : System.Logger.Level.INFO;
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        boolean isOurs = name.equals(OURS) || name.startsWith(OURS + ".");
        return new LineLogger(name, isOurs ? ours : System.Logger.Level.WARNING, isOurs, output);
    }
}
