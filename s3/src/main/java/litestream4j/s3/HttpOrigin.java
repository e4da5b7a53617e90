package litestream4j.s3;

import java.net.URI;

/**
 * Where requests go.
 *
 * @param secure whether by TLS
 * @param host name or address, without brackets
 */
record HttpOrigin(boolean secure, String host, int port) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** @param host may stand in brackets */
    static HttpOrigin of(String scheme, String host, int port) {
        boolean secure = scheme.equals("https");
        boolean bracketed = host.startsWith("[");
        return new HttpOrigin(
                secure, bracketed ? host.substring(1, host.length() - 1) : host, port < 0 ? defaultPort(secure) : port);
    }

    /** Returns host and port as the Host header has them: without the port that goes without saying. */
    String authority() {
        return port == defaultPort(secure) ? bracketed() : bracketed() + ":" + port;
    }

    /** Returns host and port, always both. */
    String hostAndPort() {
        return bracketed() + ":" + port;
    }

    URI uri() {
        return URI.create((secure ? "https://" : "http://") + authority());
    }

    private String bracketed() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private static int defaultPort(boolean secure) {
        return secure ? HTTPS : HTTP;
    }
}
