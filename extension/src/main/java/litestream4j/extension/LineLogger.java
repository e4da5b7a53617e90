package litestream4j.extension;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Writes records as lines of names and values: {@code time=... level=WARN msg="..."}. */
final class LineLogger implements System.Logger {
    private final String name;
    private final Level least;
    private final boolean isOurs;
    private final LogOutput output;

    LineLogger(String name, Level least, boolean isOurs, LogOutput output) {
        this.name = name;
        this.least = least;
        this.isOurs = isOurs;
        this.output = output;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level != Level.OFF && level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            write(level, localized(bundle, message), thrown);
        }
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... params) {
        if (isLoggable(level)) {
            write(level, LogLine.fill(localized(bundle, format), params), null);
        }
    }

    private void write(Level level, String message, @Nullable Throwable thrown) {
        LogLine line = LogLine.at(System.currentTimeMillis())
                .plain("level", levelName(level))
                .quoted("msg", message);
        if (!isOurs) {
            line.plain("logger", name);
        }
        if (thrown != null) {
            line.quoted("error", trace(thrown));
        }
        output.line(line.toString());
    }

    private static String localized(@Nullable ResourceBundle bundle, @Nullable String message) {
        String text = String.valueOf(message);
        return bundle != null && bundle.containsKey(text) ? bundle.getString(text) : text;
    }

    private static String levelName(Level level) {
        return switch (level) {
            case ALL, TRACE, DEBUG -> "DEBUG";
            case INFO -> "INFO";
            case WARNING -> "WARN";
            case ERROR, OFF -> "ERROR";
        };
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString().strip();
    }
}
