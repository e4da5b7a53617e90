package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Map<String, String> BUCKET =
            Map.of("LITESTREAM_S3_BUCKET", "bucket", "LITESTREAM_S3_PATH", "/a/b/");

    @Test
    void parameterComesBeforeTheUrlOfTheEnvironmentBeforeTheBucket() throws Exception {
        Map<String, String> all = Map.of(
                "LITESTREAM_REPLICA_URL", "file:///url",
                "LITESTREAM_S3_BUCKET", "bucket",
                "LITESTREAM_S3_PATH", "path");
        assertThat(resolve(Map.of("replica_url", "file:///parameter"), all).replica())
                .hasToString("file:///parameter");
        assertThat(resolve(Map.of("replica_url", ""), all).replica()).hasToString("file:///url");
        assertThat(resolve(Map.of(), BUCKET).replica()).hasToString("s3://bucket/a/b");
    }

    @Test
    void openWithoutAReplicaIsDenied() {
        assertThatThrownBy(() -> resolve(Map.of(), Map.of("LITESTREAM_REPLICA_URL", "")))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessage("no replica configured: set LITESTREAM_REPLICA_URL or LITESTREAM_S3_BUCKET and "
                        + "LITESTREAM_S3_PATH, or pass replica_url in the database URI");
    }

    @ParameterizedTest
    @CsvSource({"LITESTREAM_S3_BUCKET, LITESTREAM_S3_PATH", "LITESTREAM_S3_PATH, LITESTREAM_S3_BUCKET"})
    void halfOfABucketNamesTheOtherHalf(String present, String missing) {
        assertThatThrownBy(() -> resolve(Map.of(), Map.of(present, "x", missing, "")))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining(missing + " is not");
    }

    @Test
    void variablesOfTheBucketBecomeParametersAsTheyAre() throws Exception {
        ReplicaUrl url = resolve(
                        Map.of(),
                        Map.of(
                                "LITESTREAM_S3_BUCKET", "bucket",
                                "LITESTREAM_S3_PATH", "a b/c%20?#&",
                                "LITESTREAM_S3_REGION", "eu-west-1",
                                "LITESTREAM_S3_ENDPOINT", "http://host:9000/p?x&y",
                                "LITESTREAM_S3_FORCE_PATH_STYLE", "T",
                                "LITESTREAM_S3_SKIP_VERIFY", "False"))
                .replica();
        assertThat(url.host()).isEqualTo("bucket");
        assertThat(url.path()).isEqualTo("a b/c%20?#&");
        assertThat(url.parameters())
                .containsOnly(
                        Map.entry("region", "eu-west-1"),
                        Map.entry("endpoint", "http://host:9000/p?x&y"),
                        Map.entry("forcePathStyle", "true"),
                        Map.entry("skipVerify", "false"));
    }

    @Test
    void unsetPathStyleIsLeftToTheProvider() throws Exception {
        assertThat(resolve(Map.of(), BUCKET).replica().parameters()).containsOnly(Map.entry("addressing", "provider"));
    }

    @ParameterizedTest
    @CsvSource({"LITESTREAM_S3_FORCE_PATH_STYLE, yes", "LITESTREAM_S3_SKIP_VERIFY, tRUE"})
    void invalidBooleanIsNamed(String variable, String value) {
        Map<String, String> variables =
                Map.of("LITESTREAM_S3_BUCKET", "bucket", "LITESTREAM_S3_PATH", "a", variable, value);
        assertThatThrownBy(() -> resolve(Map.of(), variables))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessage("invalid %s: \"%s\": expected true or false", variable, value);
    }

    @Test
    void defaultsFillWhatIsNotSet() throws Exception {
        assertThat(resolve(Map.of("replica_url", "file:///p", "mode", "ro"), Map.of()))
                .isEqualTo(new Settings(ReplicaUrl.parse("file:///p"), Duration.ofSeconds(1), 10_485_760, null))
                .isEqualTo(Settings.of(ReplicaUrl.parse("file:///p")));
    }

    @ParameterizedTest
    @CsvSource({
        "litestream_poll_interval=1s&poll_interval=2s, PT1S",
        "poll_interval=250ms, PT0.25S",
        "poll_interval=, PT3S",
        "x=y, PT3S",
    })
    void prefixedParameterComesBeforeThePlainOneBeforeTheVariable(String query, Duration expected) throws Exception {
        Map<String, String> parameters = new HashMap<>(Map.of("replica_url", "file:///p"));
        for (String pair : query.split("&", -1)) {
            parameters.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        assertThat(resolve(parameters, Map.of("LITESTREAM_POLL_INTERVAL", "3s")).pollInterval())
                .isEqualTo(expected);
    }

    @Test
    void sizeAndTimeoutComeFromEitherSource() throws Exception {
        Map<String, String> url = Map.of("LITESTREAM_REPLICA_URL", "file:///p");
        Settings byUri = resolve(Map.of("litestream_cache_size", "4096", "open_timeout", "1m30s"), url);
        assertThat(byUri.cacheBytes()).isEqualTo(4096);
        assertThat(byUri.openTimeout()).isEqualTo(Duration.ofSeconds(90));
        Settings byVariable = resolve(
                Map.of(),
                Map.of(
                        "LITESTREAM_REPLICA_URL", "file:///p",
                        "LITESTREAM_CACHE_SIZE", "0",
                        "LITESTREAM_OPEN_TIMEOUT", "5s"));
        assertThat(byVariable.cacheBytes()).isZero();
        assertThat(byVariable.openTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvSource({"'', 8388608", "cache_size=4096, 4096", "cache_size=4096&held_size=9000, 9000", "held_size=0, 0"})
    void filesKeptWholeTakeNoMoreThanTheCacheUnlessSaid(String query, long expected) throws Exception {
        Map<String, String> parameters = new HashMap<>(Map.of("replica_url", "file:///p"));
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            parameters.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        assertThat(resolve(parameters, Map.of()).heldBytes()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            held_size                | x     | invalid held_size: "x": expected a whole number of bytes
            poll_interval            | 0s    | invalid poll_interval: "0s": expected a duration such as 500ms, 1.5h or 1m30s, greater than 0
            poll_interval            | -1s   | invalid poll_interval: "-1s"
            litestream_poll_interval | 1     | invalid litestream_poll_interval: "1"
            open_timeout             | 0     | invalid open_timeout: "0"
            cache_size               | 10MB  | invalid cache_size: "10MB": expected a whole number of bytes without a unit, such as 10485760
            cache_size               | -1    | invalid cache_size: "-1"
            cache_size               | 99999999999999999999 | invalid cache_size: "99999999999999999999"
            """)
    void invalidParameterIsNamedWithItsValueAndForm(String name, String value, String message) {
        assertThatThrownBy(() -> resolve(Map.of("replica_url", "file:///p", name, value), Map.of()))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void invalidVariableIsNamedAsSuch() {
        assertThatThrownBy(
                        () -> resolve(Map.of("replica_url", "file:///p"), Map.of("LITESTREAM_POLL_INTERVAL", "often")))
                .hasMessageStartingWith("invalid LITESTREAM_POLL_INTERVAL: \"often\"");
    }

    @Test
    void textFormHasNoSecret() throws Exception {
        Settings settings = resolve(Map.of("replica_url", "s3://u:hidden@b/p?sseCustomerKey=hidden"), Map.of());
        assertThat(settings.toString()).contains("s3://b/p").doesNotContain("hidden");
    }

    private static Settings resolve(Map<String, String> uriParameters, Map<String, String> variables)
            throws ReplicaException {
        return Settings.resolve(uriParameters, variables::get);
    }

    @Test
    void switchesAreReadFromEitherSource() throws Exception {
        Map<String, String> url = Map.of("LITESTREAM_REPLICA_URL", "file:///p", "LITESTREAM_VERIFY", "full");
        Settings settings = resolve(Map.of("readahead", "OFF", "litestream_max_lag", "5s"), url);
        assertThat(settings.verifiesWhole()).isTrue();
        assertThat(settings.readsAhead()).isFalse();
        assertThat(settings.maxLag()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvSource({
        "verify, yes, full or partial",
        "readahead, 1, on or off",
        "max_lag, 0s, greater than 0",
    })
    void invalidSwitchesSayWhatIsAccepted(String key, String value, String accepted) {
        Map<String, String> url = Map.of("LITESTREAM_REPLICA_URL", "file:///p");
        assertThatThrownBy(() -> resolve(Map.of(key, value), url))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining("invalid " + key)
                .hasMessageContaining(accepted);
    }
}
