package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3ConfigurationTest {
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE%3D";

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            # URL                                        | bucket | region    | endpoint                            | path style
            s3://db/a/b                                  | db     | -         | -                                   | false
            s3://my.db/a                                 | my.db  | -         | -                                   | false
            s3://db.s3.amazonaws.com/a                   | db     | -         | -                                   | false
            s3://my.db.s3.amazonaws.com/a                | my.db  | -         | -                                   | false
            s3://db.s3.eu-west-1.amazonaws.com/a         | db     | eu-west-1 | -                                   | false
            s3://db.nyc3.digitaloceanspaces.com/a        | db     | nyc3      | https://nyc3.digitaloceanspaces.com | false
            s3://db.s3.us-west-000.backblazeb2.com/a     | db     | us-west-000 | https://s3.us-west-000.backblazeb2.com | true
            s3://db.s3.filebase.com/a                    | db     | us-east-1 | https://s3.filebase.com             | true
            s3://db.s3.fr-par.scw.cloud/a                | db     | fr-par    | https://s3.fr-par.scw.cloud         | false
            s3://db.minio:9000/a                         | db     | us-east-1 | http://minio:9000                   | true
            s3://db.127.0.0.1:9000/a                     | db     | us-east-1 | http://127.0.0.1:9000               | true
            s3://db/a?region=eu-west-2                   | db     | eu-west-2 | -                                   | false
            s3://db/a?forcePathStyle=true                | db     | -         | -                                   | true
            s3://db/a?endpoint=localhost:9000            | db     | us-east-1 | http://localhost:9000               | true
            s3://db/a?endpoint=10.1.2.3:9000             | db     | us-east-1 | http://10.1.2.3:9000                | true
            s3://db/a?endpoint=172.32.0.1                | db     | us-east-1 | https://172.32.0.1                  | true
            s3://db/a?endpoint=172.31.0.1                | db     | us-east-1 | http://172.31.0.1                   | true
            s3://db/a?endpoint=[::1]:9000                | db     | us-east-1 | http://[::1]:9000                   | true
            s3://db/a?endpoint=minio.local:9000          | db     | us-east-1 | http://minio.local:9000             | true
            s3://db/a?endpoint=store.example.com         | db     | us-east-1 | https://store.example.com           | true
            s3://db/a?endpoint=store.example.com&force-path-style=no | db | us-east-1 | https://store.example.com   | false
            s3://db/a?endpoint=http://store.example.com/ | db     | us-east-1 | http://store.example.com            | true
            s3://db/a?endpoint=x.supabase.co/storage/v1/s3 | db   | us-east-1 | https://x.supabase.co/storage/v1/s3 | true
            s3://db/a?endpoint=fly.storage.tigris.dev&addressing=provider | db | us-east-1 | https://fly.storage.tigris.dev | false
            s3://db/a?endpoint=s3.filebase.com&addressing=provider | db | us-east-1 | https://s3.filebase.com       | true
            s3://db/a?endpoint=minio:9000&addressing=provider | db | us-east-1 | https://minio:9000                | true
            s3://db/a?endpoint=192.168.1.1&addressing=provider | db | us-east-1 | http://192.168.1.1              | true
            s3://db.nyc3.digitaloceanspaces.com/a?forcePathStyle=1 | db | nyc3 | https://nyc3.digitaloceanspaces.com | true
            """)
    void hostAndQueryGiveTheLocation(String url, String bucket, String region, String endpoint, boolean pathStyle)
            throws Exception {
        S3Configuration configuration = configuration(url, Map.of());
        assertThat(configuration.bucket()).isEqualTo(bucket);
        assertThat(configuration.region()).isEqualTo(region);
        assertThat(
                        configuration.endpoint() == null
                                ? null
                                : configuration.endpoint().toString())
                .isEqualTo(endpoint);
        assertThat(configuration.pathStyle()).isEqualTo(pathStyle);
    }

    @Test
    void accessPointIsItsOwnBucketAndRegion() throws Exception {
        S3Configuration configuration =
                configuration("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/reader/db/x?skipVerify=t", Map.of());
        assertThat(configuration.bucket()).isEqualTo("arn:aws:s3:us-west-2:123456789012:accesspoint/reader");
        assertThat(configuration.prefix()).isEqualTo("db/x");
        assertThat(configuration.region()).isEqualTo("us-west-2");
        assertThat(configuration.skipVerify()).isTrue();
    }

    @Test
    void endpointOfTheEnvironmentComesAfterThoseOfTheUrl() throws Exception {
        Map<String, String> variables = Map.of("LITESTREAM_S3_ENDPOINT", "minio.local:9000");
        S3Configuration plain = configuration("s3://db/a", variables);
        assertThat(plain.endpoint()).hasToString("http://minio.local:9000");
        assertThat(plain.pathStyle()).isTrue();
        assertThat(configuration("s3://db.s3.fr-par.scw.cloud/a", variables).endpoint())
                .hasToString("https://s3.fr-par.scw.cloud");
        assertThat(configuration("s3://db/a?endpoint=other", variables).endpoint())
                .hasToString("https://other");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "1,true", "T,true", "YES,true", "false,false", "0,false", "on,false", "'',true"})
    void flagsAreReadLoosely(String value, boolean expected) throws Exception {
        assertThat(configuration("s3://db/a?signPayload=" + value, Map.of()).signPayload())
                .isEqualTo(expected);
        assertThat(configuration("s3://db/a?sign-payload=" + value, Map.of()).signPayload())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3://localhost:9000/db                | bucket required for s3 replica URL
            s3://127.0.0.1:9000/db                | bucket required for s3 replica URL
            s3://db.minio.example.com:9000/a      | bucket required for s3 replica URL
            s3://arn:aws:s3:x:y:accesspoint/n     | invalid s3 access point arn
            s3://db/a?concurrency=0               | invalid value for query parameter "concurrency": "0" (must be a positive integer)
            s3://db/a?part-size=10MB              | invalid value for query parameter "partSize": "10MB" (must be a positive integer)
            s3://db/a?endpoint=ftp://x            | invalid s3 endpoint
            s3://db/a?endpoint=a_b:9000           | invalid s3 endpoint
            s3://db/a?sseCustomerAlgorithm=DES    | expected AES256
            s3://db/a?sseCustomerKey=c2hvcnQ%3D   | expected the Base64 form of 32 bytes
            """)
    void invalidSettingsAreNamed(String url, String text) {
        assertThatThrownBy(() -> configuration(url, Map.of()))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining(text);
    }

    @Test
    void customerKeyNeedsHttpsOrAPrivateNetwork() throws Exception {
        String url = "s3://db/a?sse-customer-key=" + KEY + "&endpoint=";
        assertThat(configuration(url + "https://store.example.com", Map.of()).customerKey())
                .isNotNull();
        assertThat(configuration(url + "http://192.168.0.9:9000", Map.of()).customerKey())
                .isNotNull();
        assertThatThrownBy(() -> configuration(url + "http://store.example.com", Map.of()))
                .hasMessage("s3: sse-customer-key requires HTTPS endpoint "
                        + "(HTTP only allowed for localhost/private networks)");
    }

    @Test
    void customerKeyAndKmsKeyExcludeEachOther() {
        assertThatThrownBy(() -> configuration("s3://db/a?sseKmsKeyId=k&sseCustomerKey=" + KEY, Map.of()))
                .hasMessage("s3: cannot use both sse-customer-key and sse-kms-key-id; they are mutually exclusive");
    }

    @Test
    void textFormHidesTheCustomerKey() throws Exception {
        assertThat(configuration("s3://db/a?sseCustomerKey=" + KEY, Map.of()).toString())
                .doesNotContain(KEY.substring(0, 40))
                .contains("hidden");
    }

    @ParameterizedTest
    @CsvSource({
        "https://fly.storage.tigris.dev, TIGRIS",
        "https://T3.storage.dev, TIGRIS",
        "https://fsn1.your-objectstorage.com, HETZNER",
        "https://abc.r2.cloudflarestorage.com, CLOUDFLARE",
        "https://storage.googleapis.com, GOOGLE",
        "https://eu-storage.googleapis.com, GOOGLE",
        "https://www.googleapis.com, OTHER",
    })
    void vendorsAreKnownByTheirHosts(String endpoint, S3Vendor vendor) {
        assertThat(S3Vendor.of(URI.create(endpoint))).isEqualTo(vendor);
    }

    @Test
    void onlyTigrisIsAskedForConsistency() throws Exception {
        assertThat(configuration("s3://db/a?endpoint=t3.storage.dev", Map.of()).asksForConsistency())
                .isTrue();
        assertThat(configuration("s3://db/a?endpoint=minio:9000", Map.of()).asksForConsistency())
                .isFalse();
        assertThat(configuration("s3://db/a", Map.of()).asksForConsistency()).isFalse();
    }

    private static S3Configuration configuration(String url, Map<String, String> variables) throws Exception {
        Environment environment = variables::get;
        return S3Configuration.of(ReplicaUrl.parse(url), environment);
    }
}
