package litestream4j.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes replica URLs apart. Done by hand because {@link java.net.URI} refuses what must work here: blanks in a
 * path, access point ARNs as a host, underscores in a bucket's name.
 */
final class ReplicaUrlParser {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://");
    private static final Pattern FILE = Pattern.compile("file:", Pattern.CASE_INSENSITIVE);
    private static final String ACCESS_POINT = ":accesspoint/";
    private static final int PORT_MAX = 65535;

    private ReplicaUrlParser() {}

    static ReplicaUrl parse(String text) throws ReplicaException.Denied {
        Matcher file = FILE.matcher(text);
        if (file.lookingAt()) {
            return parseFile(cut(cut(text.substring(file.end()), '#'), '?'));
        }
        Matcher matcher = SCHEME.matcher(text);
        if (!matcher.lookingAt()) {
            throw new ReplicaException.Denied("replica url scheme required: " + redact(text));
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        if (scheme.equals("gcs")) {
            scheme = "gs";
        }
        String rest = cut(text.substring(matcher.end()), '#');
        Map<String, String> parameters = parseQuery(rest);
        String address = cut(rest, '?');
        if (scheme.equals("s3") && address.startsWith("arn:")) {
            return parseAccessPoint(address, parameters);
        }
        int slash = address.indexOf('/');
        String authority = slash < 0 ? address : address.substring(0, slash);
        String path = Percent.decode(slash < 0 ? "" : address.substring(slash), "path", true);
        ReplicaUrl url = withAuthority(scheme, authority, path, parameters);
        checkComplete(url);
        return url;
    }

    private static ReplicaUrl parseFile(String address) throws ReplicaException.Denied {
        String path = address;
        if (address.startsWith("//")) {
            int slash = address.indexOf('/', 2);
            String host = slash < 0 ? address.substring(2) : address.substring(2, slash);
            if (!host.isEmpty() && !host.equalsIgnoreCase("localhost")) {
                throw new ReplicaException.Denied(
                        ("file replica URL names the host \"%s\": write file:///PATH with three slashes, a file "
                                        + "replica is a folder of this machine")
                                .formatted(host.substring(host.lastIndexOf('@') + 1)));
            }
            path = slash < 0 ? "" : address.substring(slash);
        }
        if (!path.startsWith("/")) {
            throw new ReplicaException.Denied("file replica path required: file:///ABSOLUTE/PATH");
        }
        return new ReplicaUrl("file", null, null, "", -1, "/" + clean(Percent.decode(path, "path", true)), Map.of());
    }

    /** An ARN's colons are no port, and its slash is no path: the path begins behind the access point's name. */
    private static ReplicaUrl parseAccessPoint(String address, Map<String, String> parameters)
            throws ReplicaException.Denied {
        int marker = address.indexOf(ACCESS_POINT);
        int name = marker + ACCESS_POINT.length();
        if (marker < 0 || name == address.length() || address.charAt(name) == '/') {
            throw new ReplicaException.Denied(
                    "invalid s3 access point arn: expected arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, found "
                            + address);
        }
        int slash = address.indexOf('/', name);
        String arn = slash < 0 ? address : address.substring(0, slash);
        String path = slash < 0 ? "" : Percent.decode(address.substring(slash), "path", true);
        return new ReplicaUrl("s3", null, null, arn, -1, clean(path), parameters);
    }

    private static ReplicaUrl withAuthority(
            String scheme, String authority, String path, Map<String, String> parameters)
            throws ReplicaException.Denied {
        int at = authority.lastIndexOf('@');
        String user = null;
        String password = null;
        if (at >= 0) {
            String login = authority.substring(0, at);
            int colon = login.indexOf(':');
            user = Percent.decode(colon < 0 ? login : login.substring(0, colon), "user", false);
            password = colon < 0 ? null : Percent.decode(login.substring(colon + 1), "password", false);
        }
        String hostPort = authority.substring(at + 1);
        int colon = hostPort.lastIndexOf(':');
        boolean hasPort = colon > hostPort.lastIndexOf(']');
        String host = hasPort ? hostPort.substring(0, colon) : hostPort;
        int port = hasPort ? parsePort(hostPort.substring(colon + 1)) : -1;
        boolean absolute = scheme.equals("sftp") && path.startsWith("//");
        return new ReplicaUrl(
                scheme, emptyToNull(user), password, host, port, (absolute ? "/" : "") + clean(path), parameters);
    }

    private static int parsePort(String text) throws ReplicaException.Denied {
        if (text.isEmpty()) {
            return -1;
        }
        if (text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= PORT_MAX) {
                return port;
            }
        }
        throw new ReplicaException.Denied(
                "invalid port in replica URL: expected a number in [1, 65535], found \"%s\"".formatted(text));
    }

    private static Map<String, String> parseQuery(String rest) throws ReplicaException.Denied {
        Map<String, String> parameters = new LinkedHashMap<>();
        int mark = rest.indexOf('?');
        if (mark < 0) {
            return parameters;
        }
        for (String pair : rest.substring(mark + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = Percent.decodeForm(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : Percent.decodeForm(pair.substring(equals + 1));
            if (!name.isEmpty()) {
                parameters.putIfAbsent(name, value);
            }
        }
        return parameters;
    }

    private static void checkComplete(ReplicaUrl url) throws ReplicaException.Denied {
        String scheme = url.scheme();
        switch (scheme) {
            case "s3", "gs", "abs", "oss" -> require(url.host(), "bucket", scheme, scheme + "://BUCKET/PATH");
            case "sftp" -> {
                require(url.host(), "host", scheme, "sftp://USER@HOST/PATH");
                require(url.user(), "user", scheme, "sftp://USER@HOST/PATH");
            }
            case "nats" -> require(url.path(), "bucket", scheme, "nats://HOST/BUCKET");
            case "webdav", "webdavs" -> require(url.host(), "host", "webdav", scheme + "://HOST/PATH");
            default -> {
                // Whether there is such a scheme is the providers' matter.
            }
        }
    }

    private static void require(@Nullable String part, String name, String scheme, String form)
            throws ReplicaException.Denied {
        if (part == null || part.isEmpty()) {
            throw new ReplicaException.Denied("%s required for %s replica URL: %s".formatted(name, scheme, form));
        }
    }

    /** Resolves {@code .}, {@code ..} and double slashes; no slash at either end. Nothing leads out of the root. */
    static String clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static String cut(String text, char end) {
        int index = text.indexOf(end);
        return index < 0 ? text : text.substring(0, index);
    }

    private static String redact(String text) {
        String address = cut(cut(text, '#'), '?');
        return address.substring(address.lastIndexOf('@') + 1);
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
