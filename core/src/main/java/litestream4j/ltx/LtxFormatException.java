package litestream4j.ltx;

import java.io.IOException;

/**
 * Bytes that are no valid LTX file. The message names the file, the byte offset, what was expected and what was found.
 */
public final class LtxFormatException extends IOException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final long offset;
    private final String field;
    private final String expected;
    private final String found;

    /**
     * @param file name of the file, for people
     * @param offset where in the file, in bytes
     * @param field what is wrong there
     * @param expected what a valid file has there
     * @param found what this file has there
     */
    public LtxFormatException(String file, long offset, String field, Object expected, Object found) {
        super("%s: %s at byte %d: expected %s, found %s".formatted(file, field, offset, expected, found));
        this.file = file;
        this.offset = offset;
        this.field = field;
        this.expected = String.valueOf(expected);
        this.found = String.valueOf(found);
    }

    /** Returns the name of the file, for people. */
    public String file() {
        return file;
    }

    /** Returns where in the file something is wrong, in bytes. */
    public long offset() {
        return offset;
    }

    /** Returns what is wrong there. */
    public String field() {
        return field;
    }

    /** Returns what a valid file has there, for people. */
    public String expected() {
        return expected;
    }

    /** Returns what this file has there, for people. */
    public String found() {
        return found;
    }
}
