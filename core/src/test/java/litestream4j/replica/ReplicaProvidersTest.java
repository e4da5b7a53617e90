package litestream4j.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaProvidersTest {
    @Test
    void fileReplicasNeedNothingElse() throws Exception {
        try (ReplicaClient client = ReplicaProviders.connect("file:///a%20b/", Environment.EMPTY)) {
            assertThat(client.isLocal()).isTrue();
            assertThat(client.displayUrl()).isEqualTo("file:///a b");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            foo://x/y          | unsupported replica URL scheme: "foo": known schemes are file
            s3://x/y           | unsupported replica URL scheme: "s3": add io.github.litestream4j:litestream4j-s3 to the class path; a jar merged of several has to keep all of their META-INF/services
            gcs://x/y          | unsupported replica URL scheme: "gs": this version does not support Google Cloud Storage yet; known schemes are file
            webdavs://x/y      | unsupported replica URL scheme: "webdavs": this version does not support WebDAV yet; known schemes are file
            """)
    void schemeWithoutProviderIsDeniedWithTheWayOut(String url, String message) {
        assertThatThrownBy(() -> ReplicaProviders.connect(url, Environment.EMPTY))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessage(message);
        assertThatThrownBy(() -> ReplicaProviders.openWriter(url, Environment.EMPTY))
                .hasMessage(message);
    }

    @Test
    void classLoaderIsTheCallersChoice() throws Exception {
        ReplicaProviders none = ReplicaProviders.load(ClassLoader.getPlatformClassLoader());
        ReplicaUrl url = ReplicaUrl.parse("foo://x/y");
        assertThatThrownBy(() -> none.find(url)).isInstanceOf(ReplicaException.Denied.class);
    }
}
