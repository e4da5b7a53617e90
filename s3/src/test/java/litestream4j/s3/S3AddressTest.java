package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.endpoints.AwsEndpointAttribute;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

class S3AddressTest {
    private static final List<String> REGIONS = List.of(
            "us-east-1",
            "eu-west-1",
            "ap-southeast-7",
            "us-gov-west-1",
            "cn-north-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "us-isof-south-1",
            "eusc-de-east-1");

    /** Compares with the rules that Amazon publishes as part of the SDK. */
    @Test
    void addressesAreThoseOfTheSdk() throws Exception {
        List<String> differences = new ArrayList<>();
        for (String region : REGIONS) {
            for (String bucket : List.of(
                    "plain",
                    "with.dots",
                    "Upper",
                    "under_score",
                    "12.34.56.78",
                    "arn:aws:s3:eu-central-1:123456789012:accesspoint/reader")) {
                for (String parameters : List.of(
                        "",
                        "forcePathStyle=true",
                        "endpoint=https://store.test&forcePathStyle=false",
                        "endpoint=https://store.test&forcePathStyle=true",
                        "endpoint=http://store.test:9000&forcePathStyle=false",
                        "endpoint=https://store.test/base/path&forcePathStyle=false",
                        "endpoint=https://store.test/base/path",
                        "endpoint=http://127.0.0.1:9000&forcePathStyle=false")) {
                    boolean arn = bucket.startsWith("arn:");
                    if (arn && (parameters.contains("PathStyle=true") || !region.startsWith("eu-west"))) {
                        continue; // Not allowed, or another partition.
                    }
                    if (arn && (parameters.contains("base/path") || parameters.contains("127.0.0.1"))) {
                        continue; // An access point is a name in front of a host, and of nothing else.
                    }
                    if (bucket.equals("with.dots") && parameters.contains("127.0.0.1")) {
                        continue; // The SDK makes it a name below an address, which there cannot be.
                    }
                    S3Configuration configuration = new S3Configuration(
                            bucket,
                            "db",
                            region,
                            endpoint(parameters),
                            parameters.contains("forcePathStyle=true") || parameters.endsWith("base/path"),
                            false,
                            true,
                            null,
                            null,
                            null);
                    String ours = text(S3Address.of(configuration, region));
                    String sdks = ofSdk(configuration, region);
                    if (!ours.equals(sdks)) {
                        differences.add("%s in %s, %s: %s, SDK %s".formatted(bucket, region, parameters, ours, sdks));
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void directoryBucketsHaveHostsAndAServiceOfTheirOwn() throws Exception {
        S3Address address = address("s3://base--usw2-az1--x-s3/db?region=us-west-2");
        assertThat(address.origin().host())
                .isEqualTo("base--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com");
        assertThat(address.service()).isEqualTo("s3express");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3://shop/a?region=eu-west-2                    | https://shop.s3.eu-west-2.amazonaws.com/a/x
            s3://db.s3.us-west-000.backblazeb2.com/a        | https://s3.us-west-000.backblazeb2.com/db/a/x
            s3://shop.nyc3.digitaloceanspaces.com/a         | https://shop.nyc3.digitaloceanspaces.com/a/x
            s3://db/a?endpoint=x.supabase.co/storage/v1/s3  | https://x.supabase.co/storage/v1/s3/db/a/x
            s3://db/a?endpoint=localhost:9000               | http://localhost:9000/db/a/x
            s3://db/a?endpoint=[::1]:9000                   | http://[::1]:9000/db/a/x
            s3://arn:aws:s3:eu-west-1:12:accesspoint/n/a    | https://n-12.s3-accesspoint.eu-west-1.amazonaws.com/a/x
            """)
    void urlSaysWhereAnObjectIsRead(String url, String expected) throws Exception {
        S3Address address = address(url);
        String path = S3Call.toObject("GET", "a/x").path(address.basePath());
        assertThat(address.origin().uri() + path).isEqualTo(expected);
    }

    private static S3Address address(String url) throws Exception {
        S3Configuration configuration = S3Configuration.of(ReplicaUrl.parse(url), Map.<String, String>of()::get);
        return S3Address.of(configuration, String.valueOf(configuration.region()));
    }

    private static String ofSdk(S3Configuration configuration, String region) {
        Endpoint endpoint = S3EndpointProvider.defaultProvider()
                .resolveEndpoint(asked -> {
                    asked.bucket(configuration.bucket())
                            .region(Region.of(region))
                            .forcePathStyle(configuration.pathStyle())
                            .useArnRegion(true)
                            .useGlobalEndpoint(region.equals("us-east-1"))
                            .useDualStack(false)
                            .useFips(false)
                            .accelerate(false);
                    if (configuration.endpoint() != null) {
                        asked.endpoint(configuration.endpoint().toString());
                    }
                })
                .join();
        var scheme = endpoint.attribute(AwsEndpointAttribute.AUTH_SCHEMES).getFirst();
        String signing = scheme instanceof software.amazon.awssdk.awscore.endpoints.authscheme.SigV4AuthScheme v4
                ? v4.signingRegion() + "/" + v4.signingName()
                : scheme.toString();
        return endpoint.endpointUrl().toUri() + " " + signing;
    }

    private static String text(S3Address address) {
        return address.origin().uri() + address.basePath() + " " + address.region() + "/" + address.service();
    }

    private static @Nullable URI endpoint(String parameters) {
        return parameters.startsWith("endpoint=") ? URI.create(parameters.split("[=&]", -1)[1]) : null;
    }
}
