package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
                .map(S3Credentials::accessKeyId)
                .contains("a");
    }

    @Test
    void halvesOfTwoPairsAreNotMixed() {
        assertThat(find(Map.of("AWS_ACCESS_KEY_ID", "a", "LITESTREAM_SECRET_ACCESS_KEY", "d")))
                .isEmpty();
        Optional<S3Credentials> found = find(Map.of(
                "AWS_ACCESS_KEY_ID",
                "a",
                "AWS_SECRET_ACCESS_KEY",
                "",
                "LITESTREAM_ACCESS_KEY_ID",
                "c",
                "LITESTREAM_SECRET_ACCESS_KEY",
                "d"));
        assertThat(found).map(S3Credentials::accessKeyId).contains("c");
        assertThat(found).map(S3Credentials::secretAccessKey).contains("d");
    }

    @Test
    void sessionTokenBelongsToThePairOfAws() {
        Map<String, String> aws =
                Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b", "AWS_SESSION_TOKEN", "t");
        assertThat(find(aws)).map(S3Credentials::sessionToken).contains("t");
        Map<String, String> own =
                Map.of("LITESTREAM_ACCESS_KEY_ID", "c", "LITESTREAM_SECRET_ACCESS_KEY", "d", "AWS_SESSION_TOKEN", "t");
        assertThat(find(own).orElseThrow().sessionToken()).isNull();
    }

    @Test
    void textFormHidesTheSecrets() {
        S3Credentials credentials = new S3Credentials("a", "secret", "token");
        assertThat(credentials.toString()).doesNotContain("secret", "token");
    }

    private static Optional<S3Credentials> find(Map<String, String> variables) {
        return S3Credentials.fromEnvironment(variables::get);
    }
}
