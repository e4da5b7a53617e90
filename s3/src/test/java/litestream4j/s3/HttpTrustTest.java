package litestream4j.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS against a server whose certificate nobody has signed. */
class HttpTrustTest {
    private static final String PASSWORD = "password";

    @TempDir
    static Path shared;

    private static KeyStore keys;

    @TempDir
    Path folder;

    private S3Fixture fixture;
    private HttpsServer server;

    @BeforeAll
    static void makeCertificate() throws Exception {
        keys = selfSigned();
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new S3Fixture();
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        fixture.close();
    }

    @Test
    void unknownCertificateIsDeniedWithTheWayOut() throws Exception {
        try (ReplicaClient client = connect("")) {
            assertThatThrownBy(client::listAll)
                    .isInstanceOf(ReplicaException.Denied.class)
                    .hasMessageContaining("certificate")
                    .hasMessageContaining("AWS_CA_BUNDLE");
        }
    }

    @Test
    void certificateInTheBundleIsTrusted() throws Exception {
        fixture.with("AWS_CA_BUNDLE", bundle().toString());
        try (ReplicaClient client = connect("")) {
            assertThat(client.listAll()).isEmpty();
        }
    }

    @Test
    void certificateForAnotherHostIsDeniedAlsoIfItsIssuerIsTrusted() throws Exception {
        fixture.with("AWS_CA_BUNDLE", bundle().toString());
        try (ReplicaClient client = connect("127.0.0.1", "")) {
            assertThatThrownBy(client::listAll)
                    .isInstanceOf(ReplicaException.Denied.class)
                    .hasMessageContaining("certificate");
        }
        try (ReplicaClient client = connect("127.0.0.1", "&skipVerify=true")) {
            assertThat(client.listAll()).isEmpty();
        }
    }

    @Test
    void tlsGoesThroughTheTunnelOfAProxy() throws Exception {
        S3Configuration configuration = configuration("localhost", "&skipVerify=true");
        HttpOrigin origin =
                new HttpOrigin(true, "localhost", server.getAddress().getPort());
        try (TunnelProxy proxy = new TunnelProxy();
                Http http = new Http(
                        new HttpDialer(proxy.selector(), HttpTrust.context(configuration, fixture.environment())),
                        HttpTimeouts.DEFAULT)) {
            for (int i = 0; i < 2; i++) {
                try (HttpResponse response =
                        http.call(new HttpRequest("GET", origin, "/", new HttpHeaders(), null, 0))) {
                    assertThat(response.body().readAllBytes()).startsWith("<ListBucketResult>".getBytes(UTF_8));
                }
            }
            assertThat(proxy.tunnels())
                    .containsExactly("localhost:" + server.getAddress().getPort());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void bundleWithoutACertificateIsDenied(String content) throws Exception {
        Path bundle = Files.writeString(folder.resolve("bad.pem"), content);
        fixture.with("AWS_CA_BUNDLE", bundle.toString());
        assertThatThrownBy(() -> connect(""))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining("AWS_CA_BUNDLE=" + bundle);
    }

    @Test
    void bundleThatCannotBeReadIsDenied() {
        fixture.with("AWS_CA_BUNDLE", folder.resolve("missing.pem").toString());
        assertThatThrownBy(() -> connect(""))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining("AWS_CA_BUNDLE")
                .hasMessageContaining("missing.pem");
    }

    @Test
    void anyCertificateIsTrustedOnRequest() throws Exception {
        try (ReplicaClient client = connect("&skipVerify=true")) {
            assertThat(client.listAll()).isEmpty();
        }
    }

    private ReplicaClient connect(String parameters) throws ReplicaException {
        return connect("localhost", parameters);
    }

    private ReplicaClient connect(String host, String parameters) throws ReplicaException {
        return fixture.connect(configuration(host, parameters), HttpTimeouts.DEFAULT);
    }

    private S3Configuration configuration(String host, String parameters) throws ReplicaException {
        String url = "s3://replicas/db?endpoint=https://%s:%d%s"
                .formatted(host, server.getAddress().getPort(), parameters);
        return S3Configuration.of(ReplicaUrl.parse(url), fixture.environment());
    }

    private Path bundle() throws Exception {
        Path bundle = folder.resolve("bundle.pem");
        String base64 = Base64.getMimeEncoder()
                .encodeToString(keys.getCertificate("server").getEncoded());
        Files.writeString(bundle, "# ours\n-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
        return bundle;
    }

    /** Has the JDK's keytool make a certificate, for Java has no public way to. */
    private static KeyStore selfSigned() throws Exception {
        Path store = shared.resolve("keys.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString()))
                .redirectErrorStream(true)
                .redirectOutput(shared.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).as("keytool").isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        return keys;
    }
}
