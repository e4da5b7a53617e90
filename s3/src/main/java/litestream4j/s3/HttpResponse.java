package litestream4j.s3;

/**
 * A response whose body is still to come. It has to be closed, or its body read to the end.
 *
 * @param body one thread at a time
 */
record HttpResponse(int status, HttpHeaders headers, HttpBody body) implements AutoCloseable {
    /** Ends the body; see {@link HttpBody#close}. */
    @Override
    public void close() {
        body.close();
    }
}
