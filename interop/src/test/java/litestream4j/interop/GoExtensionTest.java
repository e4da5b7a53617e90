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
import litestream4j.ltx.Txid;
import litestream4j.testkit.DatabasePublisher;
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

    /** Times of which the reference and the specification think alike; the other ones TimeExpressionTest holds. */
    private static final List<String> ABSOLUTE = List.of(
            "2026-01-15T10:30:00Z",
            "2026-01-15T10:30:00.123456789Z",
            "2026-01-15T10:30:00.100Z",
            "2026-01-15T10:30:00+02:00",
            "2026-01-15t10:30:00z",
            "2026-01-15T10:30:00-0500",
            "2026-01-15T10:30:00",
            "2026-01-15T10:30",
            "2026-01-15 10:30:00",
            "2026-01-15 10:30",
            "2026-01-15 10:30:00.250",
            "2026-01-15 10:30:00 +02:00",
            "2026-01-15",
            "2026/01/15",
            "Jan 15 2026",
            "January 15, 2026",
            "15 Jan 2026",
            "15 January 2026 10:30",
            "Thu, 15 Jan 2026 10:30:00 GMT",
            "Thu Jan 15 10:30:00 2026",
            "1700000000",
            "1700000000000");

    private static final List<String> RELATIVE = List.of(
            "5 minutes ago",
            "5 mins ago",
            "5m ago",
            "1 hour ago",
            "an hour ago",
            "2 hrs ago",
            "1 hour 30 minutes ago",
            "1 hour and 30 minutes ago",
            "1h30m ago",
            "1.5 hours ago",
            "a day ago",
            "2d ago",
            "2 weeks ago",
            "1 month ago",
            "1 year ago",
            "1 decade ago",
            "5m",
            "-5 minutes",
            "- 5 minutes",
            "in 2 hours",
            "now",
            "just now",
            "yesterday",
            "YESTERDAY",
            "day before yesterday",
            "tomorrow",
            "last week",
            "last year");

    @Test
    void timesAndPragmasMeanTheSame() throws IOException {
        Interop.assumeAvailable(GO_EXTENSION, SQLITE3);
        Path replica = folder.resolve("replica");
        Path database = folder.resolve("plain.db");
        DatabasePublisher publisher = new DatabasePublisher(replica);
        String _ = Sqlite3Shell.on(database).run("CREATE TABLE t (v);").success();
        Txid _ = publisher.publish(database, Instant.parse("2000-01-01T00:00:00Z"));
        String _ = Sqlite3Shell.on(database).run("INSERT INTO t VALUES (1);").success();
        Txid _ = publisher.publish(database, Instant.parse("2026-01-15T09:00:00Z"));

        StringBuilder script = new StringBuilder("""
                PRAGMA litestream_hydration_progress;
                PRAGMA litestream_hydration_file;
                PRAGMA litestream_write_enabled;
                PRAGMA litestream_write_enabled = off;
                PRAGMA litestream_nothing;
                PRAGMA temp.litestream_txid;
                SELECT litestream_txid(), typeof(litestream_txid());
                SELECT typeof(litestream_time()), typeof(litestream_lag());
                SELECT quote(litestream_set_time('2026-01-15')), litestream_txid();
                PRAGMA litestream_time = 1700000000;
                PRAGMA litestream_txid;
                """);
        for (String text : ABSOLUTE) {
            script.append("SELECT quote(litestream_set_time('%s'));\n".formatted(text))
                    .append("SELECT '%s', litestream_time(), litestream_txid();\n".formatted(text));
        }
        for (String text : RELATIVE) {
            // In whole minutes: the clock goes on between the one and the other.
            script.append("PRAGMA litestream_time = '%s';\n".formatted(text))
                    .append("SELECT '%s', round((julianday('now') - julianday(litestream_time())) * 1440);\n"
                            .formatted(text))
                    .append("SELECT litestream_txid();\n");
        }
        LitestreamReplica target = LitestreamReplica.inFolder(replica);
        String reference = run(Interop.goExtension().orElseThrow(), target, script.toString());
        assertThat(run(Product.extension(), target, script.toString())).isEqualTo(reference);
        assertThat(reference.lines().count()).isGreaterThan(2 * ABSOLUTE.size() + RELATIVE.size());
    }
}
