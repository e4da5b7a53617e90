package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that opens tunnels to ports of this machine. */
final class TunnelProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> tunnels = new CopyOnWriteArrayList<>();

    TunnelProxy() throws IOException {
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Returns the targets of all tunnels so far. */
    List<String> tunnels() {
        return tunnels;
    }

    ProxySelector selector() {
        Proxy proxy =
                new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", listener.getLocalPort()));
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(proxy);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                // The test fails.
            }
        };
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            String target = head(client.getInputStream()).split(" ", 3)[1];
            tunnels.add(target);
            int port = Integer.parseInt(target.substring(target.indexOf(':') + 1));
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream()
                        .write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread.ofPlatform().daemon().start(() -> relay(server, client));
                relay(client, server);
            }
        } catch (IOException _) {
            // One side went away.
        }
    }

    private static void relay(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException _) {
            // One side went away.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0 && head.indexOf("\r\n\r") < 0; c = in.read()) {
            head.append((char) c);
        }
        return head.toString();
    }
}
