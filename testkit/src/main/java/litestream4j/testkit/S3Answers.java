package litestream4j.testkit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answers of a {@link ScriptedS3Server}, as Amazon documents them. */
final class S3Answers {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private S3Answers() {}

    static S3Response error(int status, String code, Map<String, String> headers, String elements) {
        String body = XML + "<Error><Code>" + code + "</Code><Message>scripted</Message>" + elements + "</Error>";
        return new S3Response(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    static S3Response location(String region) {
        String body = XML + "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + region
                + "</LocationConstraint>";
        return new S3Response(200, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    static S3Response object(S3Request request, StoredObject object, boolean ignoreRange) {
        String condition = request.header("if-match");
        if (condition != null && !condition.equals(object.eTag())) {
            return error(412, "PreconditionFailed", Map.of(), "");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", object.eTag());
        headers.put("Last-Modified", HTTP_DATE.format(object.modified().truncatedTo(ChronoUnit.SECONDS)));
        object.metadata().forEach((name, value) -> headers.put(StoredObject.METADATA_PREFIX + name, value));
        String range = request.header("range");
        Matcher asked = RANGE.matcher(range == null || ignoreRange ? "" : range);
        if (!asked.matches()) {
            return new S3Response(200, headers, object.content());
        }
        int size = object.content().length;
        int start = Integer.parseInt(asked.group(1));
        int end = asked.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Integer.parseInt(asked.group(2)));
        if (start >= size) {
            return error(416, "InvalidRange", Map.of("Content-Range", "bytes */" + size), "");
        }
        headers.put("Content-Range", "bytes %d-%d/%d".formatted(start, end, size));
        return new S3Response(206, headers, Arrays.copyOfRange(object.content(), start, end + 1));
    }

    static S3Response list(String bucket, S3Request request, SortedMap<String, StoredObject> objects, int pageSize) {
        String prefix = request.parameter("prefix");
        String delimiter = request.parameter("delimiter");
        String token = request.parameter("continuation-token");
        String after = token.isEmpty() ? request.parameter("start-after") : token;
        boolean encoded = request.parameter("encoding-type").equals("url");
        StringBuilder contents = new StringBuilder();
        TreeSet<String> folders = new TreeSet<>();
        String last = "";
        int count = 0;
        boolean truncated = false;
        for (Map.Entry<String, StoredObject> entry :
                objects.tailMap(after + "\0").entrySet()) {
            String key = entry.getKey();
            if (!key.startsWith(prefix)) {
                continue;
            }
            if (count == pageSize) {
                truncated = true;
                break;
            }
            int folderEnd = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            if (folderEnd >= 0) {
                folders.add(key.substring(0, folderEnd + 1));
            } else {
                contents.append(entry(text(key, encoded), entry.getValue()));
            }
            last = key;
            count++;
        }
        StringBuilder body = new StringBuilder(XML)
                .append("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>")
                .append(bucket)
                .append("</Name><Prefix>")
                .append(text(prefix, encoded))
                .append("</Prefix><KeyCount>")
                .append(count)
                .append("</KeyCount><MaxKeys>")
                .append(pageSize)
                .append("</MaxKeys>")
                .append(encoded ? "<EncodingType>url</EncodingType>" : "")
                .append("<IsTruncated>")
                .append(truncated)
                .append("</IsTruncated>");
        if (truncated) {
            body.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
        }
        body.append(contents);
        for (String folder : folders) {
            body.append("<CommonPrefixes><Prefix>")
                    .append(text(folder, encoded))
                    .append("</Prefix></CommonPrefixes>");
        }
        body.append("</ListBucketResult>");
        return new S3Response(200, Map.of(), body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String entry(String key, StoredObject object) {
        return "<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>%s</ETag><Size>%d</Size></Contents>"
                .formatted(
                        key,
                        DateTimeFormatter.ISO_INSTANT.format(object.modified().truncatedTo(ChronoUnit.MILLIS)),
                        object.eTag().replace("\"", "&quot;"),
                        object.content().length);
    }

    private static String text(String key, boolean encoded) {
        return encoded
                ? URLEncoder.encode(key, StandardCharsets.UTF_8)
                : key.replace("&", "&amp;").replace("<", "&lt;");
    }
}
