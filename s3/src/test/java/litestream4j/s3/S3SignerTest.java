package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

class S3SignerTest {
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    /** Those of Amazon's documentation of the signature. */
    private static final S3Credentials EXAMPLE =
            new S3Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);

    private static final Instant EXAMPLE_TIME = Instant.parse("2013-05-24T00:00:00Z");

    @Test
    void signatureOfAGetIsTheDocumentedOne() {
        HttpHeaders headers = new HttpHeaders().add("Range", "bytes=0-9");
        assertThat(authorization(headers, "GET", "/test.txt", "", S3Signer.EMPTY_HASH))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void signatureOfAPutIsTheDocumentedOne() {
        HttpHeaders headers = new HttpHeaders()
                .add("Date", "Fri, 24 May 2013 00:00:00 GMT")
                .add("x-amz-storage-class", "REDUCED_REDUNDANCY");
        String path = S3Call.toObject("PUT", "test$file.text").path("");
        assertThat(authorization(headers, "PUT", path, "", S3Text.sha256Hex("Welcome to Amazon S3.")))
                .endsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    @Test
    void signaturesOfQueriesAreTheDocumentedOnes() {
        S3Call lifecycle = S3Call.toBucket("GET").parameter("lifecycle", "");
        assertThat(authorization(new HttpHeaders(), "GET", lifecycle.path(""), lifecycle.query(), S3Signer.EMPTY_HASH))
                .endsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        S3Call list = S3Call.toBucket("GET").parameter("prefix", "J").parameter("max-keys", "2");
        assertThat(authorization(new HttpHeaders(), "GET", list.path(""), list.query(), S3Signer.EMPTY_HASH))
                .endsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    /** Vectors of RFC 4231: a short key, and one that is longer than a block. */
    @Test
    void hmacIsThatOfTheStandard() {
        assertThat(HexFormat.of()
                        .formatHex(S3Text.hmacSha256(
                                "Jefe".getBytes(StandardCharsets.US_ASCII), "what do ya want for nothing?")))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        byte[] longKey = new byte[131];
        Arrays.fill(longKey, (byte) 0xAA);
        assertThat(HexFormat.of()
                        .formatHex(
                                S3Text.hmacSha256(longKey, "Test Using Larger Than Block-Size Key - Hash Key First")))
                .isEqualTo("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    @Test
    void signaturesAreThoseOfTheSdk() {
        Random random = new Random(SEED);
        S3Signer signer = new S3Signer("eu-west-1", "s3");
        for (int i = 0; i < 500; i++) {
            S3Credentials credentials = new S3Credentials(
                    "key" + random.nextInt(3), "secret" + random.nextInt(3), i % 3 == 0 ? "token/+=" : null);
            Instant now = Instant.ofEpochSecond(1_600_000_000L + random.nextInt(300_000_000));
            String method = i % 4 == 0 ? "PUT" : "GET";
            S3Call call = S3Call.toObject(method, text(random));
            Map<String, String> query = new TreeMap<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                query.put(text(random), random.nextInt(4) == 0 ? "" : text(random));
            }
            query.forEach(call::parameter);
            call.header("Range", "bytes=0-" + random.nextInt(1000));
            call.header("x-amz-meta-blanks", "a   b  " + random.nextInt(10) + "  ");
            HttpHeaders headers = call.headers();
            boolean signed = random.nextBoolean();
            String payload = signed ? S3Signer.EMPTY_HASH : S3Signer.UNSIGNED;
            signer.sign(headers, method, "host.test:9000", call.path("/b"), call.query(), payload, credentials, now);

            assertThat(headers.get("Authorization"))
                    .as("seed=%d round=%d %s?%s", SEED, i, call.path("/b"), call.query())
                    .isEqualTo(ofSdk(call, query, credentials, now, signed));
        }
    }

    @Test
    void characterThatWouldEndAHeaderIsRefusedWithoutItsText() {
        S3Credentials broken = new S3Credentials("a", "b", "secret\r\nHost: elsewhere");
        assertThatThrownBy(() -> new S3Signer("us-east-1", "s3")
                        .sign(new HttpHeaders(), "GET", "host", "/", "", S3Signer.EMPTY_HASH, broken, EXAMPLE_TIME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x-amz-security-token")
                .hasMessageNotContaining("secret");
    }

    private static String authorization(HttpHeaders headers, String method, String path, String query, String hash) {
        new S3Signer("us-east-1", "s3")
                .sign(headers, method, "examplebucket.s3.amazonaws.com", path, query, hash, EXAMPLE, EXAMPLE_TIME);
        return String.valueOf(headers.get("Authorization"));
    }

    private static String ofSdk(
            S3Call call, Map<String, String> query, S3Credentials credentials, Instant now, boolean signed) {
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(call.method()))
                .uri(URI.create("https://host.test:9000"))
                .encodedPath(call.path("/b"));
        query.forEach(request::putRawQueryParameter);
        HttpHeaders headers = call.headers();
        for (int i = 0; i < headers.count(); i++) {
            request.putHeader(headers.name(i), headers.value(i));
        }
        AwsCredentialsIdentity identity = credentials.sessionToken() == null
                ? AwsCredentialsIdentity.create(credentials.accessKeyId(), credentials.secretAccessKey())
                : AwsSessionCredentialsIdentity.create(
                        credentials.accessKeyId(), credentials.secretAccessKey(), credentials.sessionToken());
        return AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(identity)
                        .request(request.build())
                        .payload(() -> new ByteArrayInputStream(new byte[0]))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-west-1")
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, signed)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)))
                .request()
                .firstMatchingHeader("Authorization")
                .orElseThrow();
    }

    private static String text(Random random) {
        String alphabet = "abcXYZ019-._~/ +&=?#%$!*'()[]:;@,äß€😀";
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder("k");
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-04T05:06:07Z, 20260304T050607Z",
        "1999-12-31T23:59:59.999Z, 19991231T235959Z",
        "2024-02-29T00:00:00Z, 20240229T000000Z"
    })
    void timeOfASignatureIsInTheBasicForm(Instant time, String expected) {
        HttpHeaders headers = new HttpHeaders();
        new S3Signer("us-east-1", "s3").sign(headers, "GET", "h", "/", "", S3Signer.EMPTY_HASH, EXAMPLE, time);
        assertThat(headers.get("x-amz-date")).isEqualTo(expected);
    }
}
