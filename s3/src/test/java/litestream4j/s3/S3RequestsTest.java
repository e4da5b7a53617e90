package litestream4j.s3;

import static litestream4j.s3.S3Fixture.KEY;
import static litestream4j.s3.S3Fixture.NAME;
import static litestream4j.s3.S3Fixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaUrl;
import litestream4j.replica.ReplicaWriter;
import litestream4j.testkit.S3Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests are behaviour: these are the exact ones. */
class S3RequestsTest {
    private static final String EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private S3Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new S3Fixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void connectSendsNothing() throws Exception {
        fixture.connect("db").close();
        assertThat(fixture.server.connections()).isZero();
    }

    @Test
    void allLevelsTakeOneRequest() throws Exception {
        try (ReplicaClient client = fixture.connect("db")) {
            for (Level level : Level.ALL) {
                fixture.server.put("db/000" + level.number() + "/" + NAME, new byte[1], TIME);
            }
            assertThat(client.listAll()).hasSize(10);
        }
        assertThat(lines()).containsExactly("GET /replicas?list-type=2&prefix=db/&start-after=db/");
    }

    @Test
    void listOfAllEndsBehindTheLevels() throws Exception {
        fixture.server.setPageSize(2);
        fixture.server.put("db/0000/" + NAME, new byte[1], TIME);
        fixture.server.put("db/0009/" + NAME, new byte[1], TIME);
        for (int i = 0; i < 5; i++) {
            fixture.server.put("db/generations/" + i, new byte[1], TIME);
        }
        try (ReplicaClient client = fixture.connect("db")) {
            assertThat(client.listAll()).hasSize(2);
        }
        assertThat(lines()).hasSize(2).last().asString().contains("continuation-token=db/0009/");
    }

    @Test
    void listFromATransactionAsksTheStoreToBeginThere() throws Exception {
        try (ReplicaClient client = fixture.connect("db")) {
            client.list(new Level(1), new Txid(0x2A));
        }
        assertThat(lines())
                .containsExactly("GET /replicas?list-type=2&prefix=db/0001/&start-after=db/0001/000000000000002a");
    }

    @Test
    void emptyRootHasNoSlash() throws Exception {
        fixture.server.put("0000/" + NAME, new byte[5], TIME);
        try (ReplicaClient client = fixture.connect("")) {
            LtxFile file = client.listAll().getFirst();
            client.read(file, 1, 2).close();
        }
        assertThat(lines())
                .containsExactly("GET /replicas?list-type=2&prefix=", "GET /replicas/0000/" + NAME + " bytes=1-2");
    }

    @Test
    void readAsksForItsBytesOfTheListedVersion() throws Exception {
        try (ReplicaClient client = fixture.connect("db")) {
            LtxFile file = fixture.store(new byte[100], client);
            client.read(file, 10, 20).close();
            S3Request request = fixture.server.takeRequests().getFirst();
            assertThat(request).hasToString("GET /replicas/" + KEY + " bytes=10-29");
            assertThat(request.header("if-match")).isEqualTo(file.version()).startsWith("\"");
            assertThat(request.header("x-amz-content-sha256")).isEqualTo(EMPTY_HASH);
            assertThat(request.header("user-agent")).contains("litestream");
            assertThat(request.header("authorization"))
                    .contains("key-of-test/", "/us-east-1/s3/")
                    .doesNotContain("accept-encoding", "secret-of-test");
            assertThat(request.headers())
                    .doesNotContainKeys("x-amz-checksum-mode", "x-amz-security-token", "content-encoding");
        }
    }

    @Test
    void findIsOneRequest() throws Exception {
        try (ReplicaClient client = fixture.connect("db")) {
            LtxFile file = fixture.store(new byte[100], client);
            try (LtxObject found = client.find(Level.L0, NAME).orElseThrow()) {
                assertThat(found.body().readAllBytes()).hasSize(100);
                assertThat(found.file()).isEqualTo(file);
            }
        }
        assertThat(lines()).containsExactly("GET /replicas/" + KEY);
    }

    @Test
    void requestsInARowShareAConnection() throws Exception {
        try (ReplicaClient client = fixture.connect("db")) {
            LtxFile file = fixture.store(new byte[100_000], client);
            for (int i = 0; i < 50; i++) {
                try (LtxObject object = client.read(file, i * 1000L, 30_000)) {
                    object.body().readNBytes(30_000);
                }
                client.find(Level.L0, LtxFileName.of(new Txid(1))); // Not there: an answer of another kind.
                client.listAll();
            }
        }
        assertThat(fixture.server.connections()).isEqualTo(1);
    }

    @Test
    void sessionTokenIsSent() throws Exception {
        fixture.with("AWS_SESSION_TOKEN", "token-of-test");
        try (ReplicaClient client = fixture.connect("db")) {
            client.listAll();
        }
        assertThat(fixture.server.takeRequests().getFirst().header("x-amz-security-token"))
                .isEqualTo("token-of-test");
    }

    @Test
    void customerKeyComesWithEachRead() throws Exception {
        String key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        String url = fixture.server.url("db") + "&sseCustomerKey=" + key.replace("=", "%3D");
        S3Configuration configuration = S3Configuration.of(ReplicaUrl.parse(url), fixture.environment());
        try (ReplicaClient client = fixture.connect(configuration, HttpTimeouts.DEFAULT)) {
            client.read(fixture.store(new byte[100], client), 0, 10).close();
        }
        S3Request request = fixture.server.takeRequests().getFirst();
        assertThat(request.header("x-amz-server-side-encryption-customer-algorithm"))
                .isEqualTo("AES256");
        assertThat(request.header("x-amz-server-side-encryption-customer-key")).isEqualTo(key);
        assertThat(request.header("x-amz-server-side-encryption-customer-key-md5"))
                .isEqualTo("KYvwGXoFFJ42a2u2GDWhwQ==");
    }

    @Test
    void writerStoresTheTimeOfTheTransactionsAndReplacesNothing(@TempDir Path folder) throws Exception {
        Path content = Files.write(folder.resolve("content"), new byte[300_000]);
        S3Configuration configuration =
                S3Configuration.of(ReplicaUrl.parse(fixture.server.url("db")), fixture.environment());
        S3Session session = S3Session.open(configuration, fixture.environment(), HttpTimeouts.DEFAULT);
        try (ReplicaWriter writer = new S3ReplicaWriter("s3://replicas/db", session)) {
            writer.create(Level.L0, NAME, content, TIME.toEpochMilli());
        }
        S3Request request = fixture.server.takeRequests().getFirst();
        assertThat(request).hasToString("PUT /replicas/" + KEY);
        assertThat(request.body()).hasSize(300_000);
        assertThat(request.header("if-none-match")).isEqualTo("*");
        assertThat(request.headers()).doesNotContainKeys("content-encoding", "x-amz-trailer");
        assertThat(fixture.server.metadata(KEY)).containsEntry("litestream-timestamp", "2026-03-04T05:06:07.25Z");
    }

    private List<String> lines() {
        return fixture.server.takeRequests().stream().map(S3Request::toString).toList();
    }
}
