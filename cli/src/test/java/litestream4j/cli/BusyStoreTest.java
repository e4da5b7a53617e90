package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.S3Request;
import litestream4j.testkit.ScriptedS3Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: commands are as patient with a store as the engine is. Method: each request fails the first time. */
class BusyStoreTest {
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @TempDir
    Path folder;

    private ScriptedS3Server store;
    private int failed;

    @BeforeEach
    void fillStore() throws IOException {
        store = ScriptedS3Server.start("bucket");
        GoldenFolders.upload("synthetic-levels", store, "db");
        store.failWhen(this::onceAway);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private synchronized @Nullable S3Fault onceAway(S3Request request) {
        if (!seen.add(request.toString())) {
            return null;
        }
        failed++;
        return failed % 2 == 0 ? new S3Fault.Cut(10) : S3Fault.status(503, "SlowDown");
    }

    @Test
    void listing() {
        assertThat(run("ls", "--csv", store.url("db")).lines()).hasSize(12);
        assertThat(failed).isPositive();
    }

    @Test
    void report() {
        assertThat(run("info", store.url("db")).success()).contains("newest    txid 000000000000000c");
        assertThat(failed).isGreaterThan(2);
    }

    @Test
    void restoration() throws Exception {
        Path target = folder.resolve("x.db");
        assertThat(run("restore", store.url("db"), "-o", target.toString()).success())
                .contains("from 5 files");
        assertThat(GoldenStates.sha256(target))
                .isEqualTo(GoldenStates.of("synthetic-levels").getLast().sha256());
        assertThat(failed).isGreaterThan(5);
    }

    @Test
    void verification() {
        assertThat(run("verify", store.url("db")).success()).endsWith("verdict    sound\n");
        assertThat(run("verify", "--quick", store.url("db")).success()).contains("verdict    sound");
        assertThat(failed).isGreaterThan(11);
    }

    @Test
    void publication() throws Exception {
        Path database = Databases.create(folder.resolve("a.db"), "CREATE TABLE t(a)");
        store.failWhen(request -> request.method().equals("PUT") ? null : onceAway(request));
        assertThat(run("publish", database.toString(), store.url("own")).success())
                .startsWith("published txid 0000000000000001");
        assertThat(run("publish", database.toString(), store.url("own")).success())
                .startsWith("nothing changed");
        assertThat(failed).isPositive();
    }

    private static ToolRun run(String... arguments) {
        return ToolRun.with(
                "", Map.of("AWS_ACCESS_KEY_ID", "any-key", "AWS_SECRET_ACCESS_KEY", "any-secret"), arguments);
    }
}
