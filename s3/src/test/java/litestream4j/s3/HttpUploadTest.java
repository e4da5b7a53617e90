package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a server that takes no content of a request does not hold who sends it for ever. */
class HttpUploadTest {
    private static final HttpTimeouts TIMEOUTS = new HttpTimeouts(
            Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(5));

    /** More than finds room between client and server. */
    private static final int BYTES = 20_000_000;

    /** Less than the content has, which would be given a second for each MiB. */
    private static final int ANNOUNCED_BYTES = 1;

    @Test
    @Timeout(60)
    void contentThatNobodyReadsIsGivenUpInTime(@TempDir Path folder) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http http = new Http(new HttpDialer(new HttpTest.Direct(), null), TIMEOUTS)) {
            Path content = Files.write(folder.resolve("content"), new byte[BYTES]);
            HttpOrigin origin = new HttpOrigin(false, "127.0.0.1", silent.getLocalPort());
            assertThatThrownBy(() -> http.call(
                            new HttpRequest("PUT", origin, "/a", new HttpHeaders(), content, ANNOUNCED_BYTES)))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageMatching("no response for [0-9]+ ms");
            assertThat(http.connections()).isZero();
        }
    }
}
