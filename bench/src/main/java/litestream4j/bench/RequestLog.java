package litestream4j.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Requests in a stretch of time.
 *
 * @param requests in any order
 */
record RequestLog(List<StoreRequest> requests) {
    RequestLog {
        requests = List.copyOf(requests);
    }

    int count() {
        return requests.size();
    }

    long count(StoreRequest.Kind kind) {
        return requests.stream().filter(request -> request.kind() == kind).count();
    }

    long bytes() {
        return requests.stream().mapToLong(StoreRequest::bytes).sum();
    }

    /** Returns the price of all requests, in reads of an object. */
    long price() {
        return requests.stream().mapToLong(request -> request.kind().price()).sum();
    }

    /**
     * Returns how many round trips lie one after the other: the length of the longest chain of requests in which each
     * begins at or after the end of the one before. That is the greatest number of intervals of which no two overlap,
     * found by always taking the one that ends first.
     *
     * <p>It says what a client waited for, whether or not it had to: a queue with too few workers counts as dependence.
     * It is to be trusted only where the injected latency is much longer than a client needs between two requests that
     * it sends side by side.
     */
    int dependentRoundTrips() {
        List<StoreRequest> byEnd = new ArrayList<>(requests);
        byEnd.sort(Comparator.comparingLong(StoreRequest::endNanos));
        int chain = 0;
        long end = 0;
        for (StoreRequest request : byEnd) {
            // A difference, since nanoTime may overflow.
            if (chain == 0 || request.startNanos() - end >= 0) {
                chain++;
                end = request.endNanos();
            }
        }
        return chain;
    }

    /** Returns a line for each request in order of begin: begin and end in ms, kind, bytes, key, first byte. */
    String trace() {
        StringBuilder text = new StringBuilder();
        List<StoreRequest> byStart = new ArrayList<>(requests);
        byStart.sort(Comparator.comparingLong(StoreRequest::startNanos));
        for (StoreRequest request : byStart) {
            long first = byStart.getFirst().startNanos();
            text.append("%9.1f %9.1f  %-5s %9d  %s from %d%n"
                    .formatted(
                            (request.startNanos() - first) / 1e6,
                            (request.endNanos() - first) / 1e6,
                            request.kind(),
                            request.bytes(),
                            request.key(),
                            request.from()));
        }
        return text.toString();
    }

    /** Returns the counts by kind, such as {@code 1 LIST, 51 GET}. */
    String byKind() {
        StringBuilder text = new StringBuilder();
        for (StoreRequest.Kind kind : StoreRequest.Kind.values()) {
            long count = count(kind);
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(kind);
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
