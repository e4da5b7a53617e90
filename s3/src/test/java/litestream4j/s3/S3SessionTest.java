package litestream4j.s3;

import static litestream4j.s3.S3Fixture.KEY;
import static litestream4j.s3.S3Fixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProxySelector;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.S3Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Regions and credentials: what is looked up, and what is repeated. */
class S3SessionTest {
    private static final Pattern SCOPE = Pattern.compile("Credential=[^/]+/[0-9]+/([^/]+)/s3/");

    private S3Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new S3Fixture();
        fixture.server.put(KEY, new byte[10], TIME);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void regionIsTheBucketsLocation() throws Exception {
        fixture.server.setRegion("eu-central-1");
        assertThat(regionsOfARun()).containsExactly("us-east-1", "eu-central-1", "eu-central-1");
    }

    @Test
    void bucketWithoutLocationLiesInTheFirstRegion() throws Exception {
        assertThat(regionsOfARun()).containsExactly("us-east-1", "us-east-1", "us-east-1");
    }

    @Test
    void oldNameOfIrelandIsKnown() throws Exception {
        fixture.server.setRegion("EU");
        assertThat(regionsOfARun()).containsExactly("us-east-1", "eu-west-1", "eu-west-1");
    }

    @Test
    void refusedLookUpAsksForTheHead() throws Exception {
        fixture.server.setRegion("ap-south-1");
        fixture.server.failWhen(request -> isLocation(request) ? S3Fault.status(403, "AccessDenied") : null);
        assertThat(regionsOfARun()).containsExactly("us-east-1", "us-east-1", "ap-south-1", "ap-south-1");
    }

    @Test
    void refusedHeadNamesTheRegionAllTheSame() throws Exception {
        S3Fault refusal = new S3Fault.Status(403, "AccessDenied", Map.of("x-amz-bucket-region", "sa-east-1"), "");
        fixture.server.failWhen(request ->
                isLocation(request) ? S3Fault.status(403, "AccessDenied") : isHead(request) ? refusal : null);
        assertThat(regionsOfARun()).endsWith("sa-east-1");
    }

    @Test
    void environmentsRegionIsTheLastResort() throws Exception {
        fixture.with("AWS_DEFAULT_REGION", "eu-north-1");
        fixture.server.failWhen(
                request -> isLocation(request) || isHead(request) ? S3Fault.status(403, "AccessDenied") : null);
        assertThat(regionsOfARun()).endsWith("eu-north-1");
    }

    @Test
    void programWithoutProxySelectorIsServedDirectly() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(null);
        try (ReplicaClient client = fixture.connect("db")) {
            assertThat(client.listAll()).isNotNull();
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void bucketThatDoesNotExistIsDenied() throws Exception {
        fixture.server.failWhen(request -> isLocation(request) ? S3Fault.status(404, "NoSuchBucket") : null);
        try (ReplicaClient client = fixture.connectWithoutRegion()) {
            assertThatThrownBy(client::listAll)
                    .isInstanceOf(ReplicaException.Denied.class)
                    .hasMessageContaining("no bucket \"replicas\"");
        }
    }

    @Test
    void movedAnswerIsFollowedOnce() throws Exception {
        fixture.server.failNext(
                new S3Fault.Status(301, "PermanentRedirect", Map.of("x-amz-bucket-region", "eu-west-3"), ""));
        try (ReplicaClient client = fixture.connect("db")) {
            assertThat(client.listAll()).hasSize(1);
            assertThat(client.listAll()).hasSize(1);
        }
        assertThat(regions()).containsExactly("us-east-1", "eu-west-3", "eu-west-3");
    }

    @Test
    void malformedSignatureNamesTheRegion() throws Exception {
        fixture.server.failNext(
                new S3Fault.Status(400, "AuthorizationHeaderMalformed", Map.of(), "<Region>eu-west-3</Region>"));
        try (ReplicaClient client = fixture.connect("db")) {
            assertThat(client.listAll()).hasSize(1);
        }
        assertThat(regions()).containsExactly("us-east-1", "eu-west-3");
    }

    @Test
    void answerThatNamesTheSameRegionIsNotRepeated() throws Exception {
        fixture.server.failWhen(
                _ -> new S3Fault.Status(301, "PermanentRedirect", Map.of("x-amz-bucket-region", "eu-west-3"), ""));
        try (ReplicaClient client = fixture.connect("db")) {
            assertThatThrownBy(client::listAll)
                    .isInstanceOf(ReplicaException.Denied.class)
                    .hasMessageContaining("eu-west-3");
        }
        assertThat(regions()).containsExactly("us-east-1", "eu-west-3");
    }

    @Test
    void lackOfCredentialsIsDeniedWithoutARequest() throws Exception {
        fixture.with("AWS_SECRET_ACCESS_KEY", null);
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.sharedCredentialsFile", "no-such-file");
        System.setProperty("aws.configFile", "no-such-file");
        try (ReplicaClient client = fixture.connect("db")) {
            assertThatThrownBy(client::listAll)
                    .isInstanceOf(ReplicaException.Denied.class)
                    .hasMessageContaining("no credentials")
                    .hasMessageContaining("AWS_ACCESS_KEY_ID");
        } finally {
            System.clearProperty("aws.disableEc2Metadata");
            System.clearProperty("aws.sharedCredentialsFile");
            System.clearProperty("aws.configFile");
        }
        assertThat(fixture.server.takeRequests()).isEmpty();
    }

    @Test
    void expiredTokenOfTheDefaultChainIsRenewedOnce() throws Exception {
        fixture.with("AWS_ACCESS_KEY_ID", null).with("AWS_SECRET_ACCESS_KEY", null);
        System.setProperty("aws.accessKeyId", "first");
        System.setProperty("aws.secretAccessKey", "secret");
        fixture.server.failWhen(request -> {
            System.setProperty("aws.accessKeyId", "second"); // Seen by the renewed chain.
            return String.valueOf(request.header("authorization")).contains("Credential=first/")
                    ? S3Fault.status(400, "ExpiredToken")
                    : null;
        });
        try (ReplicaClient client = fixture.connect("db")) {
            assertThat(client.listAll()).hasSize(1);
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
        assertThat(fixture.server.takeRequests()).hasSize(2);
    }

    private static boolean isLocation(S3Request request) {
        return request.query().containsKey("location");
    }

    private static boolean isHead(S3Request request) {
        return request.method().equals("HEAD");
    }

    /** Lists twice without a region, and returns the region that each request was signed for. */
    private List<String> regionsOfARun() throws Exception {
        try (ReplicaClient client = fixture.connectWithoutRegion()) {
            assertThat(client.listAll()).hasSize(1);
            assertThat(client.listAll()).hasSize(1);
        }
        return regions();
    }

    private List<String> regions() {
        return fixture.server.takeRequests().stream()
                .map(request -> SCOPE.matcher(String.valueOf(request.header("authorization"))))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }
}
