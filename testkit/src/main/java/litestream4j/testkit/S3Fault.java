package litestream4j.testkit;

import java.time.Duration;
import java.util.Map;

/** What a {@link ScriptedS3Server} does wrong with a request. */
public sealed interface S3Fault {
    /** Answers with an error. */
    static S3Fault status(int status, String code) {
        return new Status(status, code, Map.of(), "");
    }

    /**
     * Answers with an error.
     *
     * @param code of the error document
     * @param headers added
     * @param elements added to the error document, as XML
     */
    record Status(int status, String code, Map<String, String> headers, String elements) implements S3Fault {}

    /** Answers as asked, but later. */
    record Delay(Duration time) implements S3Fault {}

    /** Never answers. */
    record Silence() implements S3Fault {}

    /** Sends the headers and some bytes of the body, then nothing, with the connection open. */
    record Stall(int bytes) implements S3Fault {}

    /** Sends the headers and some bytes of the body, then closes the connection. */
    record Cut(int bytes) implements S3Fault {}

    /** Closes the connection without an answer. */
    record HangUp() implements S3Fault {}

    /** Ignores the range that was asked for: status 200 and the whole object. */
    record WholeObject() implements S3Fault {}
}
