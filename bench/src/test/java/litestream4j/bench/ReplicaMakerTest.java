package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import litestream4j.engine.Cancellation;
import litestream4j.engine.ReplicaDatabase;
import litestream4j.engine.Settings;
import litestream4j.engine.Snapshot;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaMakerTest {
    @TempDir
    Path cache;

    @Test
    void replicaHoldsThePrimarysLastState() throws Exception {
        Shape shape = new Shape("tiny", 200, 5, 10, 1, 2, 3);
        Replica replica = ReplicaMaker.make(shape, cache);
        ReplicaUrl url = ReplicaUrl.parse("file://" + replica.folder());
        try (ReplicaDatabase database = ReplicaDatabase.open(
                ReplicaProviders.connect(url, Environment.EMPTY), Settings.of(url), Cancellation.NEVER)) {
            Snapshot view = database.newest();
            assertThat(view.txid()).isEqualTo(new Txid(replica.lastTxid()));
            byte[] primary = Files.readAllBytes(replica.primary());
            assertThat(view.commit().bytes(view.pageSize())).isEqualTo(primary.length);
            for (int pgno = 1; pgno <= view.commit().pages(); pgno++) {
                int from = (pgno - 1) * view.pageSize().bytes();
                assertThat(database.page(view, pgno, Cancellation.NEVER))
                        .as("page %d", pgno)
                        .isEqualTo(Arrays.copyOfRange(
                                primary, from, from + view.pageSize().bytes()));
            }
        }
    }

    @Test
    void finishedReplicaIsFoundAgain() throws Exception {
        Replica first = ReplicaMaker.make(Shape.SMALL, cache);
        var time = Files.getLastModifiedTime(first.primary());
        Replica second = ReplicaMaker.make(Shape.SMALL, cache);
        assertThat(second).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(second.primary())).isEqualTo(time);
    }
}
