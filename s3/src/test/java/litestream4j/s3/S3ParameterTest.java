package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: what a URL may say is understood in each of its spellings, and all else is told. */
class S3ParameterTest {
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE%3D";

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REQUIRE_CONTENT_MD5")
    void makesADifferenceByEachOfItsNames(S3Parameter parameter) throws Exception {
        String url = "s3://db/a?" + others(parameter);
        Object without = read(url);
        for (String name : parameter.names()) {
            String with = url + "&" + name + "=" + value(parameter);
            assertThat(read(with)).as(with).isNotEqualTo(without);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isKnownByEachOfItsNames(S3Parameter parameter) throws Exception {
        for (String name : parameter.names()) {
            assertThat(S3Parameter.unknown(ReplicaUrl.parse("s3://db/a?" + name + "=1")))
                    .isEmpty();
        }
    }

    @Test
    void misspeltParametersAreTold() throws Exception {
        ReplicaUrl url = ReplicaUrl.parse("s3://db/a?pol_interval=1s&region=eu-west-2&forcepathstyle=true&part-size=5");
        assertThat(S3Parameter.unknown(url)).isEqualTo(List.of("pol_interval", "forcepathstyle"));
    }

    /** Returns what a parameter needs beside it. */
    private static String others(S3Parameter parameter) {
        return switch (parameter) {
            case ADDRESSING -> "endpoint=fly.storage.tigris.dev";
            case SSE_CUSTOMER_KEY_MD5 -> "sseCustomerKey=" + KEY;
            default -> "";
        };
    }

    private static String value(S3Parameter parameter) {
        return switch (parameter) {
            case ADDRESSING -> "provider";
            case CONCURRENCY, PART_SIZE -> "0";
            case ENDPOINT -> "localhost:9000";
            case FORCE_PATH_STYLE, SKIP_VERIFY -> "true";
            case REGION -> "eu-west-2";
            case SIGN_PAYLOAD -> "false";
            case SSE_CUSTOMER_ALGORITHM -> "DES";
            case SSE_CUSTOMER_KEY -> KEY;
            case REQUIRE_CONTENT_MD5, SSE_CUSTOMER_KEY_MD5, SSE_KMS_KEY_ID, STORAGE_CLASS -> "of-test";
        };
    }

    /** Returns the configuration, or why there is none. */
    private static Object read(String url) throws ReplicaException.Denied {
        ReplicaUrl parsed = ReplicaUrl.parse(url);
        try {
            return S3Configuration.of(parsed, Environment.EMPTY);
        } catch (ReplicaException.Denied e) {
            return String.valueOf(e.getMessage());
        }
    }
}
