package litestream4j.s3;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests with AWS Signature Version 4, the signature in a header. The key for a day is derived once.
 *
 * <p>Safe for use by many threads.
 */
final class S3Signer {
    static final String EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private final String region;
    private final String service;
    private volatile @Nullable DayKey dayKey;

    S3Signer(String region, String service) {
        this.region = region;
        this.service = service;
    }

    /**
     * Adds the headers of a signature. All that are there already are signed, with the host.
     *
     * @param path encoded
     * @param query encoded, ordered by name, each parameter with an equals sign
     * @param payload hash of the content in hexadecimal digits, or {@link #UNSIGNED}
     */
    void sign(
            HttpHeaders headers,
            String method,
            String host,
            String path,
            String query,
            String payload,
            S3Credentials credentials,
            Instant now) {
        String time = basicFormat(now);
        headers.add("x-amz-content-sha256", payload).add("x-amz-date", time);
        if (credentials.sessionToken() != null) {
            headers.add("x-amz-security-token", credentials.sessionToken());
        }
        Map<String, String> signed = new TreeMap<>();
        signed.put("host", host);
        for (int i = 0; i < headers.count(); i++) {
            signed.put(headers.name(i).toLowerCase(Locale.ROOT), canonical(headers.value(i)));
        }
        StringBuilder request = new StringBuilder(1024)
                .append(method)
                .append('\n')
                .append(path)
                .append('\n')
                .append(query)
                .append('\n');
        signed.forEach(
                (name, value) -> request.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", signed.keySet());
        request.append('\n').append(names).append('\n').append(payload);

        DayKey key = keyFor(time.substring(0, "uuuuMMdd".length()), credentials);
        String text = ALGORITHM + '\n' + time + '\n' + key.scope() + '\n' + S3Text.sha256Hex(request.toString());
        String signature = HexFormat.of().formatHex(S3Text.hmacSha256(key.key(), text));
        headers.add(
                "Authorization",
                ALGORITHM + " Credential=" + credentials.accessKeyId() + '/' + key.scope() + ", SignedHeaders=" + names
                        + ", Signature=" + signature);
    }

    private DayKey keyFor(String day, S3Credentials credentials) {
        DayKey known = dayKey;
        if (known != null && known.day().equals(day) && known.secret().equals(credentials.secretAccessKey())) {
            return known;
        }
        byte[] key = ("AWS4" + credentials.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {day, region, service, "aws4_request"}) {
            key = S3Text.hmacSha256(key, part);
        }
        String scope = String.join("/", day, region, service, "aws4_request");
        DayKey made = new DayKey(day, credentials.secretAccessKey(), scope, key);
        dayKey = made;
        return made;
    }

    /** Blanks around a value do not count, and of several in a row just one. */
    private static String canonical(String value) {
        String stripped = value.strip();
        return stripped.contains("  ") ? stripped.replaceAll(" {2,}", " ") : stripped;
    }

    /** Formats as {@code 20260304T050607Z}; Java's formatters take their time to load. */
    private static String basicFormat(Instant now) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(now.getEpochSecond(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(16);
        append(text, time.getYear() / 100);
        append(text, time.getYear() % 100);
        append(text, time.getMonthValue());
        append(text, time.getDayOfMonth());
        text.append('T');
        append(text, time.getHour());
        append(text, time.getMinute());
        append(text, time.getSecond());
        return text.append('Z').toString();
    }

    private static void append(StringBuilder text, int twoDigits) {
        text.append((char) ('0' + twoDigits / 10)).append((char) ('0' + twoDigits % 10));
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record DayKey(String day, String secret, String scope, byte[] key) {
        @Override
        public String toString() {
            return "DayKey[hidden]";
        }
    }
}
