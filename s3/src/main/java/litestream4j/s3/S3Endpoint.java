package litestream4j.s3;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import litestream4j.replica.ReplicaException;

/** Endpoints as people write them, and what their hosts are. Looks nothing up. */
final class S3Endpoint {
    private S3Endpoint() {}

    /**
     * Reads an endpoint. Without a scheme it is {@code http} for hosts of this machine or a private network, else
     * {@code https}.
     *
     * @throws ReplicaException.Denied if it is no HTTP URL
     */
    static URI parse(String text) throws ReplicaException.Denied {
        try {
            URI endpoint = new URI(text.contains("://") ? text : schemeFor(text) + "://" + text);
            String scheme = endpoint.getScheme().toLowerCase(Locale.ROOT);
            if (endpoint.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                String path = endpoint.getPath().replaceAll("/+$", "");
                return new URI(scheme, null, endpoint.getHost(), endpoint.getPort(), path, null, null);
            }
        } catch (URISyntaxException _) {
            // Said below, without the text: it may hold a password.
        }
        throw new ReplicaException.Denied(
                "invalid s3 endpoint: expected [http://|https://]HOST[:PORT][/PATH] in the parameter endpoint or "
                        + "LITESTREAM_S3_ENDPOINT");
    }

    /** Tells whether a host is an IP address, in brackets or not. */
    static boolean isAddress(String host) {
        return addressOf(host).isPresent();
    }

    /** Tells whether a host is this machine or in a private network, judged by its name or address alone. */
    static boolean isPrivate(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost") || name.endsWith(".local")) {
            return true;
        }
        return addressOf(name)
                .filter(address -> address.isLoopbackAddress() || address.isSiteLocalAddress())
                .isPresent();
    }

    private static Optional<InetAddress> addressOf(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            return Optional.of(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String schemeFor(String text) {
        String authority = text.split("/", 2)[0];
        String host = authority.startsWith("[")
                ? authority.substring(1, Math.max(1, authority.indexOf(']')))
                : authority.split(":", 2)[0];
        return isPrivate(host) ? "http" : "https";
    }
}
