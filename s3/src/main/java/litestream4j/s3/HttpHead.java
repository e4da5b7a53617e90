package litestream4j.s3;

import java.net.ProtocolException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Status line and header fields of a response.
 *
 * @param minor of the protocol's version, 0 or 1
 */
record HttpHead(int minor, int status, HttpHeaders headers) {
    private static final int VERSION_LENGTH = "HTTP/1.1".length();
    private static final int STATUS_END = "HTTP/1.1 200".length();
    private static final int SWITCHING_PROTOCOLS = 101;

    static HttpHead ofStatusLine(String line) throws ProtocolException {
        boolean wellFormed = line.length() >= STATUS_END
                && line.startsWith("HTTP/1.")
                && line.charAt(VERSION_LENGTH) == ' '
                && (line.length() == STATUS_END || line.charAt(STATUS_END) == ' ');
        int status = 0;
        for (int i = VERSION_LENGTH + 1; wellFormed && i < STATUS_END; i++) {
            int digit = line.charAt(i) - '0';
            wellFormed = digit >= 0 && digit <= 9;
            status = status * 10 + digit;
        }
        if (!wellFormed || status < 100) {
            throw new ProtocolException("expected an answer in HTTP/1.1; is there another service at the endpoint?");
        }
        return new HttpHead(line.charAt(VERSION_LENGTH - 1) == '0' ? 0 : 1, status, new HttpHeaders());
    }

    /** Takes a line of the head. Lines that go on with the one before, long out of use, are left out. */
    void add(String line) throws ProtocolException {
        if (line.startsWith(" ") || line.startsWith("\t")) {
            return;
        }
        int colon = line.indexOf(':');
        if (colon < 1) {
            throw new ProtocolException("a header field without a name");
        }
        headers.addReceived(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    boolean isInterim() {
        return status < 200 && status != SWITCHING_PROTOCOLS;
    }

    boolean isChunked() {
        String encoding = headers.get("Transfer-Encoding");
        return encoding != null && encoding.toLowerCase(Locale.ROOT).endsWith("chunked");
    }

    /** Returns the announced length of the body in bytes, or -1. */
    long contentLength() throws ProtocolException {
        long length = -1;
        for (int i = 0; i < headers.count(); i++) {
            if (headers.name(i).equalsIgnoreCase("Content-Length")) {
                long told = parse(headers.value(i));
                if (told < 0 || (length >= 0 && told != length)) {
                    throw new ProtocolException("contradictory or invalid Content-Length");
                }
                length = told;
            }
        }
        return length;
    }

    /** Tells whether the server keeps the connection open after a body whose end it marks. */
    boolean keepsAlive() {
        String connection = headers.get("Connection");
        String options = connection == null ? "" : connection.toLowerCase(Locale.ROOT);
        return minor == 0 ? options.contains("keep-alive") : !options.contains("close");
    }

    /** Returns for how many seconds an idle connection is kept, or -1 if that is not told. */
    long keepAliveSeconds() {
        String value = headers.get("Keep-Alive");
        int start = value == null ? -1 : value.indexOf("timeout=");
        if (value == null || start < 0) {
            return -1;
        }
        int end = start += "timeout=".length();
        while (end < value.length() && Character.isDigit(value.charAt(end))) {
            end++;
        }
        return parse(value.substring(start, end));
    }

    /** Returns -1 for anything but up to 18 digits. */
    private static long parse(@Nullable String digits) {
        boolean valid = digits != null
                && !digits.isEmpty()
                && digits.length() <= 18
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return valid ? Long.parseLong(digits) : -1;
    }
}
