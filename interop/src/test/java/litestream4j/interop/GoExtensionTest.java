package litestream4j.interop;

import static litestream4j.testkit.Interop.Program.GO_EXTENSION;
import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static litestream4j.testkit.Interop.Program.WEED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import litestream4j.testkit.Interop;
import litestream4j.testkit.LitestreamPrimary;
import litestream4j.testkit.LitestreamReplica;
import litestream4j.testkit.PrimarySchedule;
import litestream4j.testkit.SeaweedServer;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: who changes from the reference's extension to ours sees the same rows. Method: the same script in the same
 * shell with the one and with the other, on a replica that only grows: where a database shrinks, or level 1 is
 * followed, the reference is not right.
 */
@Tag("interop")
class GoExtensionTest {
    private static final String QUERIES = """
            PRAGMA litestream_txid;
            SELECT litestream_txid(), typeof(litestream_lag());
            SELECT count(*), sum(quantity), min(name), max(name), sum(length(picture)) FROM item;
            SELECT id, name, quantity, substr(hex(picture), 1, 40) FROM item ORDER BY name DESC, id LIMIT 30;
            SELECT name, count(*) FROM item GROUP BY name HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 10;
            SELECT item.id, tag.word FROM item JOIN tag ON tag.item = item.id ORDER BY 1, 2 LIMIT 20;
            SELECT name FROM item WHERE name BETWEEN 'name 3' AND 'name 5' ORDER BY name LIMIT 5;
            SELECT type, name, sql FROM sqlite_schema ORDER BY name;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i * 2 FROM n WHERE i < 500)
                SELECT i, (SELECT name FROM item WHERE id = i) FROM n;
            CREATE TEMP TABLE own AS SELECT id FROM item WHERE quantity > 2;
            SELECT count(*) FROM own;
            """;

    @TempDir
    Path folder;

    @Test
    void rowsOfAReplicaInAFolderAreTheSame() throws IOException {
        Interop.assumeAvailable(GO_EXTENSION, LITESTREAM, SQLITE3);
        assertSameRows(LitestreamReplica.inFolder(folder.resolve("replica")));
    }

    @Test
    void rowsOfAReplicaInS3AreTheSame() throws IOException {
        Interop.assumeAvailable(GO_EXTENSION, LITESTREAM, WEED, SQLITE3);
        try (SeaweedServer server = SeaweedServer.start("replicas")) {
            assertSameRows(server.replica("some/path"));
        }
    }

    private void assertSameRows(LitestreamReplica replica) throws IOException {
        Path database = RandomLoad.create(folder.resolve("primary.db"));
        List<Instant> moments = new ArrayList<>();
        try (LitestreamPrimary primary = LitestreamPrimary.start(database, replica, PrimarySchedule.L0_ONLY)) {
            for (int i = 1; i <= 4; i++) {
                assertThat(primary.execute("""
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                        INSERT INTO item(name, quantity, picture)
                            SELECT 'name ' || (i * %d %% 97), i %% 7, randomblob(i) FROM n;
                        INSERT INTO tag SELECT id, 'word ' || %d FROM item WHERE id %% 5 = 0;
                        UPDATE item SET quantity = quantity + 1 WHERE id %% 11 = %d;
                        """.formatted(i, i, i))).isNotNull();
                moments.add(Instant.now().truncatedTo(ChronoUnit.MILLIS).plusMillis(1));
            }
            primary.stop();
        }
        StringBuilder script = new StringBuilder(QUERIES);
        for (Instant moment : moments) {
            script.append("PRAGMA litestream_time = '%s';\nPRAGMA litestream_time;\n".formatted(moment));
            script.append("PRAGMA litestream_txid;\nSELECT count(*), sum(quantity), max(id) FROM item;\n");
        }
        // Not the time of the latest state: that of the reference is when the store took the file, in whole seconds.
        script.append("PRAGMA litestream_time = latest;\nPRAGMA litestream_txid;\nSELECT count(*) FROM tag;\n");

        String reference = run(Interop.goExtension().orElseThrow(), replica, script.toString());
        String ours = run(Product.extension(), replica, script.toString());
        assertThat(ours).isEqualTo(reference);
        assertThat(reference.lines().count()).as("lines compared").isGreaterThan(80);
    }

    private static String run(Path extension, LitestreamReplica replica, String script) throws IOException {
        return Sqlite3Shell.inMemory()
                .withEnvironment(replica.environment())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", replica.url()))
                .run(".load %s sqlite3_litestreamvfs_init\n.open 'file:label.db?vfs=litestream'\n%s"
                        .formatted(extension, script))
                .success();
    }
}
