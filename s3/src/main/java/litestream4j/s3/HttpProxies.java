package litestream4j.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Proxies from {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in upper or lower case. {@code NO_PROXY}
 * is a comma list of {@code *}, hosts (with all hosts below them), {@code host:port}, addresses, and address blocks
 * such as {@code 10.0.0.0/8}. This machine is never reached by proxy.
 */
final class HttpProxies extends ProxySelector {
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final @Nullable Proxy http;
    private final @Nullable Proxy https;
    private final List<String> exceptions;

    private HttpProxies(@Nullable Proxy http, @Nullable Proxy https, List<String> exceptions) {
        this.http = http;
        this.https = https;
        this.exceptions = exceptions;
    }

    /**
     * Reads the variables.
     *
     * @return empty if no proxy is set there; Java's own settings count then
     */
    static Optional<ProxySelector> of(Environment environment) throws ReplicaException.Denied {
        Proxy http = proxy("HTTP_PROXY", environment);
        Proxy https = proxy("HTTPS_PROXY", environment);
        if (http == null && https == null) {
            return Optional.empty();
        }
        String exceptions = value("NO_PROXY", environment);
        List<String> list = exceptions == null
                ? List.of()
                : List.of(exceptions.toLowerCase(Locale.ROOT).strip().split("[\\s,]+", -1));
        return Optional.of(new HttpProxies(http, https, list));
    }

    @Override
    public List<Proxy> select(URI uri) {
        Proxy proxy = "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
        String host = uri.getHost();
        return proxy == null || host == null || isException(host.toLowerCase(Locale.ROOT), uri.getPort())
                ? DIRECT
                : List.of(proxy);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request fails and says so.
    }

    private boolean isException(String host, int port) {
        Optional<InetAddress> address = address(host);
        if (host.equals("localhost")
                || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
            return true;
        }
        for (String entry : exceptions) {
            String name = entry.startsWith("*.") ? entry.substring(1) : entry;
            String bare = name.startsWith(".") ? name.substring(1) : name;
            boolean matches = entry.equals("*")
                    || host.equals(name)
                    || (host + ":" + port).equals(name)
                    || (!bare.isEmpty() && host.endsWith("." + bare))
                    || address.filter(it -> isInBlock(it, entry)).isPresent();
            if (matches) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInBlock(InetAddress address, String entry) {
        int slash = entry.indexOf('/');
        Optional<InetAddress> base = slash < 0 ? Optional.empty() : address(entry.substring(0, slash));
        String digits = entry.substring(slash + 1);
        if (base.isEmpty()
                || digits.isEmpty()
                || digits.length() > 3
                || !digits.chars().allMatch(Character::isDigit)) {
            return false;
        }
        byte[] block = base.get().getAddress();
        byte[] bytes = address.getAddress();
        int bits = Integer.parseInt(digits);
        if (block.length != bytes.length || bits > block.length * Byte.SIZE) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if ((block[bit / Byte.SIZE] & mask) != (bytes[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static Optional<InetAddress> address(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static @Nullable Proxy proxy(String variable, Environment environment) throws ReplicaException.Denied {
        String value = value(variable, environment);
        if (value == null) {
            return null;
        }
        try {
            URI uri = URI.create(value.contains("://") ? value : "http://" + value);
            if (uri.getHost() != null && uri.getScheme().equalsIgnoreCase("http") && uri.getRawUserInfo() == null) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
            }
        } catch (IllegalArgumentException _) {
            // Said below, without the text: it may hold a password.
        }
        throw new ReplicaException.Denied(
                ("invalid %s: expected http://HOST:PORT; a proxy that wants TLS or a password is not supported; "
                                + "put the store's host into NO_PROXY, or go by a proxy without")
                        .formatted(variable));
    }

    private static @Nullable String value(String variable, Environment environment) {
        String value = environment.get(variable);
        return value == null ? environment.get(variable.toLowerCase(Locale.ROOT)) : value;
    }
}
