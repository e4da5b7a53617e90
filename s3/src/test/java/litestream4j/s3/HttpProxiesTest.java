package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Map;
import litestream4j.replica.ReplicaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProxiesTest {
    @ParameterizedTest
    @CsvSource({
        "https://s3.amazonaws.com, secure:3128",
        "http://s3.amazonaws.com, plain:80",
        "https://localhost:9000, direct",
        "http://127.0.0.1:9000, direct",
        "http://[::1]:9000, direct",
        "https://store.internal, direct",
        "https://a.store.internal, direct",
        "https://mystore.internal, secure:3128",
        "https://a.example.org, direct",
        "https://10.20.30.40, direct",
        "https://11.20.30.40, secure:3128",
        "http://one:9000, direct",
        "http://one:9001, plain:80",
    })
    void proxyIsChosenBySchemeAndHost(URI uri, String expected) throws Exception {
        ProxySelector proxies = HttpProxies.of(Map.of(
                        "http_proxy", "plain",
                        "HTTPS_PROXY", "http://secure:3128",
                        "NO_PROXY", "store.internal, .example.org,10.0.0.0/8,one:9000,")::get)
                .orElseThrow();
        assertThat(proxies.select(uri))
                .singleElement()
                .extracting(HttpProxiesTest::text)
                .isEqualTo(expected);
    }

    @Test
    void starMeansNoProxyAtAll() throws Exception {
        Map<String, String> variables = Map.of("HTTPS_PROXY", "secure:3128", "no_proxy", "*");
        assertThat(HttpProxies.of(variables::get).orElseThrow().select(URI.create("https://a.b")))
                .isEqualTo(List.of(Proxy.NO_PROXY));
    }

    @Test
    void withoutVariablesJavasOwnSettingsCount() throws Exception {
        assertThat(HttpProxies.of(_ -> null)).isEmpty();
    }

    @Test
    void proxyThatCannotBeUsedIsDeniedWithoutItsPassword() {
        assertThatThrownBy(() -> HttpProxies.of(Map.of("HTTPS_PROXY", "http://user:hidden@proxy:1")::get))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("hidden");
    }

    private static String text(Proxy proxy) {
        return proxy.address() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : "direct";
    }
}
