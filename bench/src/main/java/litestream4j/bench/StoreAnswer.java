package litestream4j.bench;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.bench.LoopbackStore.StoredBytes;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LoopbackStore} answers, in the form of Amazon's documentation.
 *
 * @param headers complete lines, each with its end
 * @param body the body is {@code [from, from + length)} of it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and too large to be copied.
record StoreAnswer(StoreRequest.Kind kind, String key, int status, String headers, byte[] body, int from, int length) {
    /** Keys in one listing, as in S3. */
    private static final int KEYS_MAX = 1000;

    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    static StoreAnswer to(
            NavigableMap<String, StoredBytes> objects,
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers) {
        String[] parts = path.substring(1).split("/", 2);
        String key = parts.length < 2 ? "" : parts[1];
        if (!parts[0].equals(LoopbackStore.BUCKET)) {
            return error(StoreRequest.Kind.OTHER, path, 404, "NoSuchBucket");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return error(StoreRequest.Kind.OTHER, key, 405, "MethodNotAllowed");
        }
        if (!key.isEmpty()) {
            return object(objects.get(key), method, key, headers);
        }
        return query.containsKey("list-type")
                ? list(objects, query)
                : xml(StoreRequest.Kind.OTHER, "", 200, "<LocationConstraint/>");
    }

    /** Returns status line and headers. */
    String head() {
        return "HTTP/1.1 %d Answer\r\nContent-Length: %d\r\n%s\r\n".formatted(status, length, headers);
    }

    private static StoreAnswer object(
            @Nullable StoredBytes object, String method, String key, Map<String, String> headers) {
        if (object == null) {
            return error(StoreRequest.Kind.MISS, key, 404, "NoSuchKey");
        }
        String wanted = headers.get("if-match");
        if (wanted != null && !wanted.equals(object.eTag())) {
            return error(StoreRequest.Kind.OTHER, key, 412, "PreconditionFailed");
        }
        String lines = "ETag: %s\r\nLast-Modified: %s\r\n"
                .formatted(object.eTag(), HTTP_DATE.format(object.modified().truncatedTo(ChronoUnit.SECONDS)));
        int size = object.content().length;
        Matcher range = RANGE.matcher(headers.getOrDefault("range", ""));
        if (!range.matches()) {
            StoreRequest.Kind kind = method.equals("HEAD") ? StoreRequest.Kind.HEAD : StoreRequest.Kind.GET;
            return new StoreAnswer(kind, key, 200, lines, object.content(), 0, size);
        }
        int start = Integer.parseInt(range.group(1));
        int end = range.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Integer.parseInt(range.group(2)));
        if (start >= size) {
            return error(StoreRequest.Kind.OTHER, key, 416, "InvalidRange");
        }
        lines += "Content-Range: bytes %d-%d/%d\r\n".formatted(start, end, size);
        return new StoreAnswer(StoreRequest.Kind.RANGE, key, 206, lines, object.content(), start, end + 1 - start);
    }

    private static StoreAnswer list(NavigableMap<String, StoredBytes> objects, Map<String, String> query) {
        String prefix = query.getOrDefault("prefix", "");
        String delimiter = query.getOrDefault("delimiter", "");
        String after = query.getOrDefault("continuation-token", query.getOrDefault("start-after", ""));
        int keysMax = Math.min(KEYS_MAX, Integer.parseInt(query.getOrDefault("max-keys", "" + KEYS_MAX)));
        StringBuilder contents = new StringBuilder();
        TreeSet<String> folders = new TreeSet<>();
        String last = "";
        int count = 0;
        String next = "";
        String from = after.compareTo(prefix) < 0 ? prefix : after + "\0";
        for (Map.Entry<String, StoredBytes> entry : objects.tailMap(from).entrySet()) {
            String key = entry.getKey();
            if (!key.startsWith(prefix)) {
                break;
            }
            if (count + folders.size() == keysMax) {
                next = last;
                break;
            }
            int folderEnd = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            if (folderEnd >= 0) {
                folders.add(key.substring(0, folderEnd + 1));
            } else {
                append(contents, key, entry.getValue());
                count++;
            }
            last = key;
        }
        String elements = "<Name>%s</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys>"
                        .formatted(LoopbackStore.BUCKET, prefix, count, keysMax)
                + "<IsTruncated>" + !next.isEmpty() + "</IsTruncated>"
                + (next.isEmpty() ? "" : "<NextContinuationToken>" + next + "</NextContinuationToken>");
        for (String folder : folders) {
            contents.append("<CommonPrefixes><Prefix>").append(folder).append("</Prefix></CommonPrefixes>");
        }
        String body = "<ListBucketResult>" + elements + contents + "</ListBucketResult>";
        return xml(StoreRequest.Kind.LIST, prefix, 200, body);
    }

    /** Keys of replicas need no escapes, neither those of XML nor those of {@code encoding-type=url}. */
    private static void append(StringBuilder contents, String key, StoredBytes object) {
        contents.append("<Contents><Key>")
                .append(key)
                .append("</Key><LastModified>")
                .append(object.modified().truncatedTo(ChronoUnit.MILLIS))
                .append("</LastModified><ETag>")
                .append(object.eTag().replace("\"", "&quot;"))
                .append("</ETag><Size>")
                .append(object.content().length)
                .append("</Size></Contents>");
    }

    private static StoreAnswer error(StoreRequest.Kind kind, String key, int status, String code) {
        return xml(kind, key, status, "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>");
    }

    private static StoreAnswer xml(StoreRequest.Kind kind, String key, int status, String document) {
        byte[] body = (XML + document).getBytes(StandardCharsets.UTF_8);
        return new StoreAnswer(kind, key, status, "Content-Type: application/xml\r\n", body, 0, body.length);
    }
}
