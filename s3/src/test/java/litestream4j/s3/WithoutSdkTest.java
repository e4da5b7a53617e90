package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProviders;
import org.junit.jupiter.api.Test;

/** Keys in the environment need nothing of the SDK: its classes took most of the first second of a process. */
class WithoutSdkTest {
    @Test
    void keysOfTheEnvironmentNeedNoSdk() throws Exception {
        try (S3Fixture fixture = new S3Fixture();
                URLClassLoader classes = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            fixture.server.put(S3Fixture.KEY, new byte[10], S3Fixture.TIME);
            Object files = classes.loadClass(Listing.class.getName())
                    .getMethod("count", String.class)
                    .invoke(null, fixture.server.url("db"));
            assertThat(files).isEqualTo(1);
        }
    }

    private static URL[] classPath() {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        assertThat(entries).as("with the SDK").anyMatch(entry -> entry.contains("awssdk"));
        return Arrays.stream(entries)
                .filter(entry -> !entry.contains("awssdk"))
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new IllegalArgumentException(entry, e);
                    }
                })
                .toArray(URL[]::new);
    }

    /** Runs among classes that do not know the SDK. */
    public static final class Listing {
        private Listing() {}

        /** Returns how many files a replica has on level 0. */
        public static int count(String url) throws ReplicaException {
            Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret");
            Environment environment = keys::get;
            try (ReplicaClient client = ReplicaProviders.connect(url, environment)) {
                return client.list(Level.L0, Txid.NONE).size();
            }
        }
    }
}
