package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ScriptedS3Server;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whoever opens a replica that a primary made, reads and follows it, has all classes of our jars from the AOT
 * cache. Method: the JVM writes down where each came from; a few that are read from a jar mean a path that the training
 * left out, and jars to be opened before the first row. The host stays for long enough that polls come by.
 */
@Tag("interop")
class AotCacheTest {
    private static final String SAMPLE = "daemon-4096-autovacuum";

    @TempDir
    private Path scratch;

    private Path sample = Path.of("");

    @BeforeEach
    void findAll() {
        Interop.assumeAvailable(Interop.Program.SQLITE3);
        sample = Golden.orSkip().root().resolve(SAMPLE);
    }

    @Test
    void holdsAllThatReadingAFolderNeeds() throws IOException {
        assertThat(classesFromJars("file://" + sample, Map.of())).isEmpty();
    }

    @Test
    void holdsAllThatReadingABucketNeeds() throws IOException {
        Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret");
        assertThat(classesFromBucket(keys)).isEmpty();
    }

    @Test
    void holdsTheSdkThatLooksForCredentials() throws IOException {
        Path file = Files.writeString(
                scratch.resolve("credentials"), "[default]\naws_access_key_id = key\naws_secret_access_key = secret\n");
        assertThat(classesFromBucket(Map.of("AWS_SHARED_CREDENTIALS_FILE", file.toString())))
                .isEmpty();
    }

    private List<String> classesFromBucket(Map<String, String> credentials) throws IOException {
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket");
                Stream<Path> files = Files.walk(sample.resolve("ltx"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path place = sample.resolve("ltx").relativize(file);
                String key =
                        "db/%04d/%s".formatted(Integer.parseInt(place.getName(0).toString()), place.getName(1));
                store.put(key, Files.readAllBytes(file), Instant.now());
            }
            return classesFromJars(
                    "s3://bucket/db?endpoint=%s&region=us-east-1&forcePathStyle=true".formatted(store.endpoint()),
                    credentials);
        }
    }

    private List<String> classesFromJars(String replica, Map<String, String> credentials) throws IOException {
        Path log = scratch.resolve("classes.log");
        String uri = "file:x.db?vfs=litestream&replica_url=" + URLEncoder.encode(replica, StandardCharsets.UTF_8);
        String rows = Sqlite3Shell.inMemory()
                .withEnvironment(credentials)
                .withEnvironment(Map.of(
                        "LITESTREAM_JVM_OPTIONS",
                        "-Xlog:class+load:file=" + log,
                        "LITESTREAM_JAVA_HOME",
                        System.getProperty("java.home")))
                .run(".load %s\n.open '%s'\nSELECT count(*) > 0 FROM a;\nPRAGMA litestream_txid;\n.shell sleep 2\n"
                        .formatted(Product.extension(), uri))
                .success();
        assertThat(rows).startsWith("1\n");
        List<String> loaded = Files.readAllLines(log);
        assertThat(loaded.stream().filter(line -> line.contains(" litestream4j.")))
                .as("classes of ours")
                .hasSizeGreaterThan(100);
        // On a busy machine an answer may be late enough for a second request.
        return loaded.stream()
                .filter(line -> line.contains("source: file:") && !line.contains(".Hedge"))
                .toList();
    }
}
