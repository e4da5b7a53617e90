package litestream4j.cli.demo;

import java.io.IOException;
import java.io.Writer;

/** Where the demo speaks: line by line, each seen at once. Used by one thread. */
public final class Stage {
    private static final String BOLD = "\u001b[1m";
    private static final String FAINT = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final Writer out;
    private final boolean isTerminal;
    private int acts;

    /** @param isTerminal whether marks for bold and faint text are understood */
    public Stage(Writer out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /** Begins the next act. */
    void act(String title) throws IOException {
        acts++;
        write("\n" + marked(BOLD, acts + "  " + title));
    }

    /** Says what is going on. */
    void say(String line) throws IOException {
        write("   " + line);
    }

    /** Shows what was typed, or could be. */
    void show(String line) throws IOException {
        write("   " + marked(FAINT, line));
    }

    private String marked(String mark, String text) {
        return isTerminal ? mark + text + PLAIN : text;
    }

    private void write(String line) throws IOException {
        out.write(line + "\n");
        out.flush();
    }
}
