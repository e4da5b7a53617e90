package litestream4j.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static litestream4j.s3.S3Fixture.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP as servers and proxies really speak it. */
class HttpTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private WireServer server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        server = new WireServer();
        http = new Http(new HttpDialer(new Direct(), null), SHORT);
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        server.close();
    }

    @Test
    void requestsInARowShareAConnection() throws Exception {
        server.answer(OK).answer(OK).answer(OK);
        for (int i = 0; i < 3; i++) {
            assertThat(get()).isEqualTo("ok");
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    /** The JDK keeps such a buffer for each thread, and there may be hundreds. The server's are counted as well. */
    @Test
    void largeBodyTakesNoLargeBufferOutsideTheHeap() throws Exception {
        int bytes = 4 * 1024 * 1024;
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n" + "x".repeat(bytes));
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        long before = direct.getMemoryUsed();
        try (HttpResponse response = http.call(request("GET"))) {
            assertThat(response.body().readNBytes(new byte[bytes], 0, bytes)).isEqualTo(bytes);
        }
        assertThat(direct.getMemoryUsed() - before).isLessThan(1024 * 1024);
    }

    @Test
    void headIsWhatWasAskedFor() throws Exception {
        server.answer(OK);
        get();
        assertThat(server.heads())
                .containsExactly("GET /a?b=c HTTP/1.1\nHost: 127.0.0.1:%d\nX-Y: z\n\n"
                        .formatted(server.origin().port()));
    }

    @Test
    void connectionThatTheServerClosedWhileIdleIsNoFailure() throws Exception {
        server.answerAndClose(OK).answerAndClose(OK).answer(OK);
        assertThat(get()).isEqualTo("ok");
        assertThat(get()).isEqualTo("ok");
        assertThat(get()).isEqualTo("ok");
        assertThat(server.heads()).as("each was served once").hasSize(3);
    }

    @Test
    void freshConnectionThatIsClosedWithoutAnAnswerIsAFailure() {
        server.answerAndClose("");
        assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("closed before a response");
        assertThat(server.heads()).hasSize(1);
    }

    @Test
    void answerThatBreaksOffIsNotAskedForAgain() throws Exception {
        server.answer(OK).answerAndClose("HTTP/1.1 200 OK\r\nCont");
        get();
        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
        assertThat(server.heads()).hasSize(2);
    }

    @Test
    void contentIsNeverSentOverAConnectionThatSpokeUp(@TempDir Path folder) throws Exception {
        server.answer(OK + "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n").answer(OK);
        get();
        await().until(() -> put(folder, 10) == 200);
        assertThat(server.heads()).hasSize(2);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void answerThatNobodyAskedForIsNeverTakenForThatOfTheNextRequest() throws Exception {
        server.answer(OK + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno").answer(OK);
        assertThat(get()).isEqualTo("ok");
        assertThat(get()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void refusalBeforeTheContentIsThroughIsHeard(@TempDir Path folder) throws Exception {
        server.refuseEarly("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(put(folder, 20_000_000)).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\no\r\n01;a=b\r\nk\r\n0\r\nX: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n2\nok\n0\n\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
                "HTTP/1.1 200\r\ncontent-length:2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2\n\nok",
            })
    void bodyWhoseEndIsMarkedLeavesTheConnectionOpen(String answer) throws Exception {
        server.answer(answer).answer(OK);
        assertThat(get()).isEqualTo("ok");
        assertThat(get()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=1\r\nContent-Length: 2\r\n\r\nok",
            })
    void connectionThatEndsIsNotUsedAgain(String answer) throws Exception {
        server.answerAndClose(answer).answer(OK);
        assertThat(get()).isEqualTo("ok");
        assertThat(get()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
            })
    void answerThatIsNoHttpFails(String answer) throws Exception {
        server.answerAndClose(answer).answer(OK);
        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
        assertThat(get()).isEqualTo("ok");
    }

    @Test
    void headWithoutEndFails() {
        server.answerAndClose("HTTP/1.1 200 OK\r\nA: " + "a".repeat(1_000_000));
        assertThatThrownBy(this::get).hasMessageContaining("a line of more than");
        server.answerAndClose("HTTP/1.1 200 OK\r\n" + "A: a\r\n".repeat(10_000));
        assertThatThrownBy(this::get).hasMessageContaining("more than 200 header fields");
    }

    @Test
    void headOfTheBodyHasNoBody() throws Exception {
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").answer(OK);
        http.call(new HttpRequest("HEAD", server.origin(), "/", new HttpHeaders(), null, 0))
                .close();
        assertThat(get()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void restThatIsHereIsTakenAndTheConnectionServesOn() throws Exception {
        server.answer(OK).answer(OK);
        HttpResponse response = http.call(request("GET"));
        assertThat(response.body().read()).isEqualTo('o');
        response.close();
        assertThat(get()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void silenceAfterPartOfTheHeadIsBounded() {
        server.answer("HTTP/1.1 200 OK\r\nContent-");
        assertThatThrownBy(this::get)
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageMatching("no response for [0-9]+ ms");
    }

    @Test
    void plainRequestsNameTheWholeUrlToAProxy() throws Exception {
        server.answer(OK);
        try (Http byProxy = new Http(new HttpDialer(new Via(server.origin().port()), null), SHORT);
                HttpResponse response = byProxy.call(new HttpRequest(
                        "GET", new HttpOrigin(false, "store.test", 9000), "/a", new HttpHeaders(), null, 0))) {
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(server.heads()).containsExactly("GET http://store.test:9000/a HTTP/1.1\nHost: store.test:9000\n\n");
    }

    @Test
    void proxyThatRefusesATunnelIsNamedWithItsStatus() throws Exception {
        server.answer("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        try (Http byProxy = new Http(new HttpDialer(new Via(server.origin().port()), null), SHORT)) {
            assertThatThrownBy(() -> byProxy.call(new HttpRequest(
                            "GET", new HttpOrigin(true, "store.test", 443), "/a", new HttpHeaders(), null, 0)))
                    .hasMessageContaining("proxy refused a tunnel to store.test:443: HTTP 407");
            assertThat(byProxy.connections()).isZero();
        }
        assertThat(server.heads()).containsExactly("CONNECT store.test:443 HTTP/1.1\nHost: store.test:443\n\n");
    }

    private String get() throws IOException {
        try (HttpResponse response = http.call(request("GET"))) {
            return new String(response.body().readAllBytes(), ISO_8859_1);
        }
    }

    private int put(Path folder, int bytes) throws IOException {
        Path content = Files.write(folder.resolve("content"), new byte[bytes]);
        HttpRequest request = new HttpRequest("PUT", server.origin(), "/a", new HttpHeaders(), content, bytes);
        try (HttpResponse response = http.call(request)) {
            return response.status();
        }
    }

    private HttpRequest request(String method) {
        return new HttpRequest(method, server.origin(), "/a?b=c", new HttpHeaders().add("X-Y", "z"), null, 0);
    }

    /** No proxy. */
    static class Direct extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // The test fails.
        }
    }

    /** One proxy on this machine for everything. */
    private static final class Via extends Direct {
        private final int port;

        Via(int port) {
            this.port = port;
        }

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", port)));
        }
    }
}
