package litestream4j.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Random;
import litestream4j.cli.Databases;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.Interop;
import litestream4j.testkit.LitestreamReplica;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: the real Litestream restores what we publish, byte for byte. */
@Tag("interop")
class PublishInteropTest {
    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"512, DELETE, FULL", "4096, WAL, INCREMENTAL", "65536, DELETE, NONE"})
    void litestreamRestoresWhatWePublish(int pageBytes, String journalMode, String autoVacuum) throws Exception {
        Interop.assumeAvailable(Interop.Program.LITESTREAM);
        Path database = folder.resolve("source.db");
        Path replicaFolder = folder.resolve("r");
        ReplicaUrl url = ReplicaUrl.parse("file://" + replicaFolder);
        LitestreamReplica litestream = LitestreamReplica.inFolder(replicaFolder);
        try (Connection source = Databases.local(database);
                Publisher publisher = Publisher.of(database, null, url, Environment.EMPTY)) {
            RandomEdits edits = new RandomEdits(source, new Random(seed), pageBytes, journalMode, autoVacuum);
            for (int step = 0; step < 6; step++) {
                Publication done = publisher.publish(step == 3);
                Databases.execute(source, "PRAGMA wal_checkpoint(TRUNCATE)");
                Path newest = folder.resolve("newest-" + step + ".db");
                litestream.restore(newest);
                assertSame(newest, database, "seed=%d step=%d".formatted(seed, step));
                Path atTxid = folder.resolve("txid-" + step + ".db");
                litestream.restore(atTxid, done.txid());
                assertSame(atTxid, database, "seed=%d step=%d, by txid".formatted(seed, step));
                edits.step();
            }
        }
    }

    private static void assertSame(Path restored, Path database, String where) throws Exception {
        assertThat(Arrays.equals(Files.readAllBytes(restored), Files.readAllBytes(database)))
                .as(where)
                .isTrue();
    }
}
