package litestream4j.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import litestream4j.replica.OwnChannels;
import org.jspecify.annotations.Nullable;

/** Makes connections: directly or by a proxy, plain or by TLS. */
final class HttpDialer {
    private static final int OK = 200;
    private static final int ADDRESS_MILLIS_MIN = 1000;

    private final ProxySelector proxies;
    private final @Nullable SSLContext tls;

    /** @param tls needed for origins that want it */
    HttpDialer(ProxySelector proxies, @Nullable SSLContext tls) {
        this.proxies = proxies;
        this.tls = tls;
    }

    /**
     * Makes a connection.
     *
     * @param deadlineNanos by {@link System#nanoTime}
     * @param register told of the connection once it is there, before anything else is waited for
     */
    HttpConnection dial(HttpOrigin origin, long deadlineNanos, Registration register) throws IOException {
        InetSocketAddress proxy = proxyFor(origin);
        SocketChannel channel = proxy == null
                ? connect(origin.host(), origin.port(), deadlineNanos)
                : connect(proxy.getHostString(), proxy.getPort(), deadlineNanos);
        boolean done = false;
        try {
            HttpConnection connection = new HttpConnection(channel);
            register.accept(connection);
            if (origin.secure()) {
                if (proxy != null) {
                    openTunnel(connection, origin, deadlineNanos);
                }
                connection.secure(handshake(connection.plainSocket(), origin, deadlineNanos));
            } else if (proxy != null) {
                connection.useAbsoluteTargets();
            }
            done = true;
            return connection;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private @Nullable InetSocketAddress proxyFor(HttpOrigin origin) {
        for (Proxy proxy : proxies.select(origin.uri())) {
            if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
                return address;
            }
        }
        return null;
    }

    /** Tries the addresses of a host in turn. */
    private static SocketChannel connect(String host, int port, long deadlineNanos) throws IOException {
        IOException failure = null;
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (int i = 0; i < addresses.length; i++) {
            // One that swallows packets leaves time for the others.
            int left = millisUntil(deadlineNanos);
            int patience = Math.min(left, Math.max(ADDRESS_MILLIS_MIN, left / (addresses.length - i)));
            SocketChannel channel = SocketChannel.open();
            try {
                OwnChannels.opened(channel);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(new InetSocketAddress(addresses[i], port), patience);
                return channel;
            } catch (IOException e) {
                channel.close();
                if (Thread.currentThread().isInterrupted()) {
                    throw HttpConnection.interrupted(e);
                }
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        throw failure == null ? new IOException("no address of " + host) : failure;
    }

    private static void openTunnel(HttpConnection connection, HttpOrigin origin, long deadlineNanos)
            throws IOException {
        String target = origin.hostAndPort();
        connection.sendText("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(target, target));
        int status = connection.readHead(deadlineNanos).status();
        if (status != OK) {
            throw new IOException("the proxy refused a tunnel to %s: HTTP %d".formatted(target, status));
        }
    }

    private Socket handshake(Socket plain, HttpOrigin origin, long deadlineNanos) throws IOException {
        if (tls == null) {
            throw new IOException("no TLS was set up for " + origin.uri());
        }
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, origin.host(), origin.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(millisUntil(deadlineNanos));
        try {
            socket.startHandshake();
        } catch (IOException e) {
            throw Thread.currentThread().isInterrupted() ? HttpConnection.interrupted(e) : e;
        }
        return socket;
    }

    private static int millisUntil(long deadlineNanos) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("no connection in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Is told of a connection. */
    @FunctionalInterface
    interface Registration {
        /**
         * Takes a connection that is being made.
         *
         * @throws IOException if it is not wanted any more
         */
        void accept(HttpConnection connection) throws IOException;
    }
}
