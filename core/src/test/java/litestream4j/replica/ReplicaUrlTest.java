package litestream4j.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaUrlTest {
    @ParameterizedTest
    @CsvSource(nullValues = "-", emptyValue = "", delimiter = '|', textBlock = """
            # URL                                  | scheme | user | password | host  | port | path
            s3://bucket/a/b                        | s3     | -    | -        | bucket | -1  | a/b
            S3://bucket/a/b/                       | s3     | -    | -        | bucket | -1  | a/b
            s3://bucket                            | s3     | -    | -        | bucket | -1  | ''
            s3://bucket?region=x                   | s3     | -    | -        | bucket | -1  | ''
            s3://bucket//a/./b/../c//              | s3     | -    | -        | bucket | -1  | a/c
            s3://bucket/../../a                    | s3     | -    | -        | bucket | -1  | a
            s3://bucket/a%20b%2Fc%C3%A4            | s3     | -    | -        | bucket | -1  | a b/cä
            s3://bucket/a#fragment                 | s3     | -    | -        | bucket | -1  | a
            s3://buc_ket.host:9000/a               | s3     | -    | -        | buc_ket.host | 9000 | a
            gcs://bucket/a                         | gs     | -    | -        | bucket | -1  | a
            abs://account@container/a              | abs    | account | -     | container | -1 | a
            sftp://u:p%40ss%3Aword%2F1@h:2222/x/y  | sftp   | u    | p@ss:word/1 | h  | 2222 | x/y
            sftp://u@h//abs/x                      | sftp   | u    | -        | h     | -1   | /abs/x
            sftp://u:a@b@h/x                       | sftp   | u    | a@b      | h     | -1   | x
            nats://h:4222/bucket                   | nats   | -    | -        | h     | 4222 | bucket
            webdavs://[::1]:8443/x                 | webdavs | -   | -        | [::1] | 8443 | x
            webdav://[::1]/x                       | webdav | -    | -        | [::1] | -1   | x
            file:///p                              | file   | -    | -        | ''    | -1   | /p
            FILE:///p/                             | file   | -    | -        | ''    | -1   | /p
            file:/p                                | file   | -    | -        | ''    | -1   | /p
            file:///p?x=1%zz                       | file   | -    | -        | ''    | -1   | /p
            file://localhost/p                     | file   | -    | -        | ''    | -1   | /p
            file:///a b/c                          | file   | -    | -        | ''    | -1   | /a b/c
            file:///a%20b/c                        | file   | -    | -        | ''    | -1   | /a b/c
            file:///a%3Fb%25/../c                  | file   | -    | -        | ''    | -1   | /c
            """)
    void urlIsTakenApart(String text, String scheme, String user, String password, String host, int port, String path)
            throws Exception {
        ReplicaUrl url = ReplicaUrl.parse(text);
        assertThat(url.scheme()).isEqualTo(scheme);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(url.host()).isEqualTo(host);
        assertThat(url.port()).isEqualTo(port);
        assertThat(url.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bucket/path                  | replica url scheme required: bucket/path
            /a/b?secret=1                | replica url scheme required: /a/b
            user:hidden@host/p           | replica url scheme required: host/p
            s3:///path                   | bucket required for s3 replica URL
            gs:///path                   | bucket required for gs replica URL
            gcs:///path                  | bucket required for gs replica URL
            abs://account@/path          | bucket required for abs replica URL
            oss:///path                  | bucket required for oss replica URL
            sftp://u@/path               | host required for sftp replica URL
            sftp://h/path                | user required for sftp replica URL
            nats://h:4222                | bucket required for nats replica URL
            nats://h:4222/               | bucket required for nats replica URL
            webdav:///path               | host required for webdav replica URL
            webdavs:///path              | host required for webdav replica URL
            file://                      | file replica path required
            file:                        | file replica path required
            file:a/b                     | file replica path required
            file://data/p                | file replica URL names the host "data"
            s3://bucket/%zz              | invalid percent escape in the path of the replica URL: %zz
            s3://bucket/%4               | invalid percent escape in the path of the replica URL: %4
            s3://bucket/p?a=%4           | invalid percent escape in the query of the replica URL
            sftp://u:%xx@h/p             | invalid percent escape in the password of the replica URL
            sftp://u@h:x/p               | invalid port in replica URL: expected a number in [1, 65535], found "x"
            sftp://u@h:65536/p           | invalid port in replica URL
            s3://arn:aws:s3:r:1:bucket/x | invalid s3 access point arn
            s3://arn:aws:s3:r:1:accesspoint/ | invalid s3 access point arn
            s3://arn:aws:s3:r:1:accesspoint//x | invalid s3 access point arn
            """)
    void brokenUrlIsDenied(String text, String message) {
        assertThatThrownBy(() -> ReplicaUrl.parse(text))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContainingAny("hidden", "secret", "%xx");
    }

    @Test
    void accessPointIsTheHost() throws Exception {
        ReplicaUrl url =
                ReplicaUrl.parse("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/reader/a%20b/c/?region=x");
        assertThat(url.host()).isEqualTo("arn:aws:s3:us-west-2:123456789012:accesspoint/reader");
        assertThat(url.path()).isEqualTo("a b/c");
        assertThat(url.parameter("region")).isEqualTo("x");
        assertThat(url).hasToString("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/reader/a b/c");
    }

    @Test
    void parametersAreDecodedAndKeepTheirOrder() throws Exception {
        ReplicaUrl url = ReplicaUrl.parse("s3://b/p?z=1+2&a=%2B%26&z=3&empty=&bare&&=x");
        assertThat(url.parameters())
                .containsExactly(
                        Map.entry("z", "1 2"), Map.entry("a", "+&"), Map.entry("empty", ""), Map.entry("bare", ""));
    }

    @Test
    void firstSpellingThatIsNotEmptyWins() throws Exception {
        ReplicaUrl url = ReplicaUrl.parse("s3://b/p?part-size=2&partSize=1&skipVerify=&skip-verify=t");
        assertThat(url.parameter("partSize", "part-size")).isEqualTo("1");
        assertThat(url.parameter("skipVerify", "skip-verify")).isEqualTo("t");
        assertThat(url.parameter("other")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3://bucket/a?sseCustomerKey=hidden       | s3://bucket/a
            s3://user:hidden@bucket/a                 | s3://bucket/a
            s3://bucket                               | s3://bucket
            sftp://user:hidden@host:22/a              | sftp://host:22/a
            file:/a/b/?x                              | file:///a/b
            """)
    void textFormHasNoSecret(String text, String display) throws Exception {
        ReplicaUrl url = ReplicaUrl.parse(text);
        assertThat(url).hasToString(display);
        assertThat(url.displayName()).isEqualTo(display);
    }

    @Test
    void partsOfABucketsUrlAreTakenLiterally() {
        ReplicaUrl url = ReplicaUrl.ofBucket("s3", "bucket", "/a%20b?#/c/", Map.of("region", "a&b"));
        assertThat(url.path()).isEqualTo("a%20b?#/c");
        assertThat(url.parameter("region")).isEqualTo("a&b");
    }

    @Test
    void sameConfigurationIsEqual() throws Exception {
        assertThat(ReplicaUrl.parse("S3://b/a//c/?x=1")).isEqualTo(ReplicaUrl.parse("s3://b/a/c?x=1"));
        assertThat(ReplicaUrl.parse("s3://b/a?x=1")).isNotEqualTo(ReplicaUrl.parse("s3://b/a?x=2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abs://u:p@h:80/a?x=1",
                "s3://v:p@h:80/a?x=1",
                "s3://u:q@h:80/a?x=1",
                "s3://u:p@i:80/a?x=1",
                "s3://u:p@h:81/a?x=1",
                "s3://u:p@h/a?x=1",
                "s3://u:p@h:80/b?x=1",
                "s3://u:p@h:80/a?x=2",
                "s3://u:p@h:80/a",
                "s3://h:80/a?x=1"
            })
    void urlsAreEqualIfAndOnlyIfAllPartsAre(String other) throws ReplicaException.Denied {
        ReplicaUrl url = ReplicaUrl.parse("s3://u:p@h:80/a?x=1");
        assertThat(url).isEqualTo(ReplicaUrl.parse("s3://u:p@h:80/a?x=1")).isNotEqualTo(ReplicaUrl.parse(other));
        assertThat(url).hasSameHashCodeAs(ReplicaUrl.parse("s3://u:p@h:80/a?x=1"));
    }
}
