package litestream4j.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection to a {@link LoopbackStore}: HTTP/1.1, kept open until the client ends it. */
final class StoreConnection {
    /** The part of a body that is sent with the header, in one write, and each further part. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private final LoopbackStore store;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] chunk = new byte[CHUNK_BYTES];

    StoreConnection(LoopbackStore store, Socket socket) throws IOException {
        this.store = store;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Answers requests until the client has no more. */
    void serve() throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            Map<String, String> headers = headers();
            in.skipNBytes(Long.parseLong(headers.getOrDefault("content-length", "0")));
            answer(line.split(" ", 3), headers);
        }
    }

    private void answer(String[] words, Map<String, String> headers) throws IOException {
        long start = System.nanoTime();
        StoreRequest answered = null;
        store.begin();
        try {
            StoreAnswer answer = StoreAnswer.to(store.objects(), words[0], path(words[1]), query(words[1]), headers);
            store.awaitLatency(start);
            int bytes = words[0].equals("HEAD") ? 0 : answer.length();
            send(answer, bytes);
            answered = new StoreRequest(answer.kind(), answer.key(), answer.from(), start, System.nanoTime(), bytes);
        } finally {
            store.end(answered);
        }
    }

    /** Header and the first part of the body go in one write, so that no small answer waits for an acknowledgement. */
    private void send(StoreAnswer answer, int length) throws IOException {
        byte[] head = answer.head().getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, chunk, 0, head.length);
        int first = Math.min(length, CHUNK_BYTES - head.length);
        System.arraycopy(answer.body(), answer.from(), chunk, head.length, first);
        store.awaitLine(head.length + first);
        out.write(chunk, 0, head.length + first);
        for (int sent = first; sent < length; ) {
            int part = Math.min(CHUNK_BYTES, length - sent);
            store.awaitLine(part);
            out.write(answer.body(), answer.from() + sent, part);
            sent += part;
        }
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String path(String target) {
        return decode(target.split("\\?", 2)[0].replace("+", "%2B"));
    }

    private static Map<String, String> query(String target) {
        Map<String, String> query = new HashMap<>();
        int mark = target.indexOf('?');
        for (String pair :
                target.substring(mark < 0 ? target.length() : mark + 1).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(decode(parts[0]), parts.length < 2 ? "" : decode(parts[1]));
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Returns a line without its end; empty also if there is no more. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
