package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import litestream4j.engine.Cancellation;
import litestream4j.engine.Polling;
import litestream4j.engine.ReplicaDatabase;
import litestream4j.engine.Settings;
import litestream4j.engine.Snapshot;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageUploadsTest {
    private static final int PAGES = 3000;
    private static final int FIRST_CHANGED = 1000;
    private static final int FILES = 5;
    private static final Environment KEYS = Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret")::get;

    @TempDir
    Path cache;

    /** Files that did not go on where the last one ends would make the engine list the replica at each poll. */
    @Test
    void engineFollowsTheUploadsWithoutAListing() throws Exception {
        Replica replica = EnlargedReplica.of(ReplicaMaker.make(Shape.SMALL, cache), "enlarged", PAGES);
        try (LoopbackStore store = LoopbackStore.start(0)) {
            store.load(replica);
            ReplicaUrl url = ReplicaUrl.parse(store.url(replica.name()));
            TimedClient client = new TimedClient(ReplicaProviders.connect(url, KEYS));
            try (ReplicaDatabase database = Polling.open(client, Settings.of(url))) {
                Snapshot before = database.newest();
                store.takeLog();
                Txid last = new Txid(replica.lastTxid() + FILES);
                try (PageUploads _ = PageUploads.start(store, replica, FIRST_CHANGED, 100, FILES, 1)) {
                    String key = LoopbackStore.key(
                            replica.name(), Level.L0, LtxFileName.of(last).toString());
                    await().until(() -> store.objects().containsKey(key));
                }
                long begin = System.nanoTime();
                Polling.poll(database);
                assertThat(client.lastBytesAt() - begin).isPositive();
                Snapshot after = database.newest();
                assertThat(after.txid()).isEqualTo(last);
                assertThat(after.commit()).isEqualTo(before.commit());
                assertThat(store.takeLog().byKind()).isEqualTo("5 GET, 1 MISS");
            }
        }
    }

    @Test
    void enlargedReplicaHasTheDatabaseAndFreePagesBehindIt() throws Exception {
        Replica replica = EnlargedReplica.of(ReplicaMaker.make(Shape.SMALL, cache), "enlarged", PAGES);
        ReplicaUrl url = ReplicaUrl.parse("file://" + replica.folder());
        try (ReplicaDatabase database = Polling.open(ReplicaProviders.connect(url, KEYS), Settings.of(url))) {
            Snapshot view = database.newest();
            assertThat(view.commit().pages()).isEqualTo(PAGES);
            byte[] primary = Files.readAllBytes(replica.primary());
            byte[] expected = Arrays.copyOf(primary, PAGES * view.pageSize().bytes());
            for (int pgno = 1; pgno <= PAGES; pgno++) {
                int from = (pgno - 1) * view.pageSize().bytes();
                assertThat(database.page(view, pgno, Cancellation.NEVER))
                        .as("page %d", pgno)
                        .isEqualTo(Arrays.copyOfRange(
                                expected, from, from + view.pageSize().bytes()));
            }
        }
    }
}
