package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class S3CredentialsTest {
    @Test
    void pairOfAwsComesFirst() {
        assertThat(find(Map.of(
                        "AWS_ACCESS_KEY_ID",
                        "a",
                        "AWS_SECRET_ACCESS_KEY",
                        "b",
                        "LITESTREAM_ACCESS_KEY_ID",
                        "c",
                        "LITESTREAM_SECRET_ACCESS_KEY",
                        "d")))
                .map(AwsCredentials::accessKeyId)
                .contains("a");
    }

    @Test
    void halvesOfTwoPairsAreNotMixed() {
        assertThat(find(Map.of("AWS_ACCESS_KEY_ID", "a", "LITESTREAM_SECRET_ACCESS_KEY", "d")))
                .isEmpty();
        Optional<AwsCredentials> found = find(Map.of(
                "AWS_ACCESS_KEY_ID",
                "a",
                "AWS_SECRET_ACCESS_KEY",
                "",
                "LITESTREAM_ACCESS_KEY_ID",
                "c",
                "LITESTREAM_SECRET_ACCESS_KEY",
                "d"));
        assertThat(found).map(AwsCredentials::accessKeyId).contains("c");
        assertThat(found).map(AwsCredentials::secretAccessKey).contains("d");
    }

    @Test
    void sessionTokenBelongsToThePairOfAws() {
        Map<String, String> aws =
                Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b", "AWS_SESSION_TOKEN", "t");
        assertThat(find(aws).orElseThrow())
                .isInstanceOfSatisfying(
                        AwsSessionCredentials.class,
                        found -> assertThat(found.sessionToken()).isEqualTo("t"));
        Map<String, String> own =
                Map.of("LITESTREAM_ACCESS_KEY_ID", "c", "LITESTREAM_SECRET_ACCESS_KEY", "d", "AWS_SESSION_TOKEN", "t");
        assertThat(find(own).orElseThrow()).isNotInstanceOf(AwsSessionCredentials.class);
    }

    private static Optional<AwsCredentials> find(Map<String, String> variables) {
        return S3Credentials.fromEnvironment(variables::get);
    }
}
