package litestream4j.bench;

/**
 * A request as the {@link LoopbackStore} saw it.
 *
 * @param key of the object; the prefix of a listing
 * @param from first byte that was asked for
 * @param startNanos when its last byte had been read, by {@link System#nanoTime}
 * @param endNanos when the last byte of the answer had been written
 * @param bytes of the answer's body
 */
record StoreRequest(Kind kind, String key, long from, long startNanos, long endNanos, long bytes) {
    /** What a request is for, which decides its price. */
    enum Kind {
        LIST,
        /** A whole object. */
        GET,
        /** A part of an object. */
        RANGE,
        HEAD,
        /** A read of an object that does not exist. */
        MISS,
        OTHER;

        /** Returns the price in reads of an object: stores charge about ten times as much for a listing. */
        int price() {
            return this == LIST ? 10 : 1;
        }
    }
}
