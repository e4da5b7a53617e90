package litestream4j.ltx;

import java.io.IOException;

/**
 * Bytes that are no valid LTX file. The message names the file, the byte offset, what was expected and what was found.
 */
public final class LtxFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * @param file name of the file, for people
     * @param offset where in the file, in bytes
     * @param field what is wrong there
     * @param expected what a valid file has there
     * @param found what this file has there
     */
    public LtxFormatException(String file, long offset, String field, Object expected, Object found) {
        super("%s: %s at byte %d: expected %s, found %s".formatted(file, field, offset, expected, found));
    }
}
