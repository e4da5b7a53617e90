package litestream4j.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with connections that stay open, and with every way to break one. No delayed acknowledgements: TCP_NODELAY
 * is set, and each answer is one write.
 */
final class TinyHttpServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread acceptor =
            Thread.ofPlatform().daemon().name("scripted-s3").unstarted(this::accept);
    private final Function<S3Request, Reply> handler;

    TinyHttpServer(Function<S3Request, Reply> handler) throws IOException {
        this.handler = handler;
    }

    void start() {
        acceptor.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
            // A thread in accept holds the port open until it wakes, and may take one connection more.
            acceptor.join();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException _) {
            // What matters is that clients see the end.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().name("scripted-s3-connection").start(() -> serve(socket));
            } catch (IOException _) {
                return; // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                S3Request request = receive(in);
                goesOn = request != null && send(request, handler.apply(request), socket.getOutputStream());
            }
        } catch (IOException _) {
            // The client went away, or the server was closed.
        } finally {
            open.remove(socket);
        }
    }

    /** Answers with the reply's fault, if any; false if the connection ends here. */
    private boolean send(S3Request request, Reply reply, OutputStream out) throws IOException {
        byte[] head = head(reply.response());
        byte[] body =
                request.method().equals("HEAD") ? new byte[0] : reply.response().body();
        switch (reply.fault()) {
            case S3Fault.HangUp _ -> {
                return false;
            }
            case S3Fault.Silence _ -> {
                waitFor(Long.MAX_VALUE);
                return false;
            }
            case S3Fault.Cut cut -> {
                write(out, head, body, cut.bytes());
                return false;
            }
            case S3Fault.Stall stall -> {
                write(out, head, body, stall.bytes());
                waitFor(Long.MAX_VALUE);
                return false;
            }
            case S3Fault.Delay delay -> waitFor(delay.time().toNanos());
            case null, default -> {
                // Answered in full.
            }
        }
        write(out, head, body, body.length);
        return true;
    }

    private void waitFor(long nanos) throws IOException {
        try {
            if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new IOException("closed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void write(OutputStream out, byte[] head, byte[] body, int bytes) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head);
        answer.write(body, 0, Math.min(bytes, body.length));
        answer.writeTo(out);
        out.flush();
    }

    private static byte[] head(S3Response response) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(response.status())
                .append(" Scripted\r\nContent-Length: ")
                .append(response.body().length)
                .append("\r\n");
        response.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable S3Request receive(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            return null;
        }
        String[] words = line.split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] target = words[1].split("\\?", 2);
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : (target.length < 2 ? "" : target[1]).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (!parts[0].isEmpty()) {
                query.put(decode(parts[0]), parts.length < 2 ? "" : decode(parts[1]));
            }
        }
        return new S3Request(words[0], decode(target[0].replace("+", "%2B")), query, headers, body);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                if (line.size() == 0) {
                    return "";
                }
                throw new EOFException();
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * An answer, and how it goes wrong.
     *
     * @param fault or null
     */
    record Reply(S3Response response, @Nullable S3Fault fault) {
        static Reply of(S3Response response) {
            return new Reply(response, null);
        }
    }
}
