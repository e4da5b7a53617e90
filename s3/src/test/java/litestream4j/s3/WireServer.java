package litestream4j.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server that answers with given bytes, whatever they are. A connection serves one script after the other, and ends
 * where a script says so, or where there is none.
 */
final class WireServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    WireServer() throws IOException {
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Adds an answer behind which the connection stays open. */
    WireServer answer(String bytes) {
        answers.add(new Answer(bytes, false, false));
        return this;
    }

    /** Adds an answer behind which the connection ends. */
    WireServer answerAndClose(String bytes) {
        answers.add(new Answer(bytes, true, false));
        return this;
    }

    /** Adds an answer that does not wait for the content of the request, and reads none of it. */
    WireServer refuseEarly(String bytes) {
        answers.add(new Answer(bytes, true, true));
        return this;
    }

    HttpOrigin origin() {
        return new HttpOrigin(false, "127.0.0.1", listener.getLocalPort());
    }

    /** Returns the heads of all requests so far, lines separated by LF. */
    List<String> heads() {
        return heads;
    }

    int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                Answer answer = answers.take();
                heads.add(head);
                if (!answer.early()) {
                    skipContent(head, in);
                }
                socket.getOutputStream().write(answer.bytes().getBytes(StandardCharsets.ISO_8859_1));
                if (answer.early()) {
                    socket.shutdownOutput();
                    in.skip(1_000_000_000); // Else the answer might be lost with a reset.
                }
                if (answer.closes()) {
                    return;
                }
            }
        } catch (IOException _) {
            // The client went away.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void skipContent(String head, InputStream in) throws IOException {
        for (String line : head.split("\n", -1)) {
            if (line.startsWith("Content-Length: ")) {
                in.skipNBytes(Long.parseLong(line.substring("Content-Length: ".length())));
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\r') {
                head.append((char) c);
            }
            if (head.length() > 1 && head.charAt(head.length() - 1) == '\n' && head.charAt(head.length() - 2) == '\n') {
                return head.toString();
            }
        }
        return "";
    }

    private record Answer(String bytes, boolean closes, boolean early) {}
}
