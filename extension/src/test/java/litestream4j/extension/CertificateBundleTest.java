package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.ScriptedS3Server;
import litestream4j.testkit.TlsFront;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica behind TLS whose certificate nobody knows, in a host that has {@code AWS_CA_BUNDLE} set. */
class CertificateBundleTest {
    @TempDir
    private Path scratch;

    private ScriptedS3Server store;
    private TlsFront front;

    @BeforeEach
    void start() throws Exception {
        store = ScriptedS3Server.start("bucket");
        Path snapshot = LargeReplica.publish(scratch);
        store.put("replica/0000/" + snapshot.getFileName(), Files.readAllBytes(snapshot), Instant.now());
        front = TlsFront.before(store.endpoint().getPort(), scratch);
    }

    @AfterEach
    void stop() throws IOException {
        front.close();
        store.close();
    }

    private ProcessOutput open(Path bundle) throws IOException {
        return PythonRun.of("s3://bucket/replica?endpoint=https://127.0.0.1:" + front.port())
                .with("AWS_CA_BUNDLE", bundle.toString())
                .run("""
                        try:
                            print(rows(connect(), 'SELECT sum(length(b)) FROM t'))
                        except sqlite3.OperationalError as e:
                            print(e)
                        print(sqlite3.connect('plain.db').execute('SELECT 1').fetchall())
                        """);
    }

    @Test
    void certificatesInTheBundleAreTrusted() throws IOException {
        assertThat(open(front.certificate()).success()).isEqualTo("[(2000000,)]\n[(1,)]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.pem", "garbage.pem", "empty.pem", "folder.pem"})
    void aBundleOfNoUseFailsTheOpenAlone(String name) throws IOException {
        Files.writeString(scratch.resolve("garbage.pem"), "no certificate");
        Files.createFile(scratch.resolve("empty.pem"));
        Files.createDirectory(scratch.resolve("folder.pem"));
        ProcessOutput output = open(scratch.resolve(name));
        assertThat(output.success()).isEqualTo("unable to open database file\n[(1,)]\n");
        assertThat(output.stderr()).contains("AWS_CA_BUNDLE=" + scratch.resolve(name));
    }
}
