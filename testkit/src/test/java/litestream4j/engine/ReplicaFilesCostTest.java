package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.RequestCounts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: to look at what states there are costs a listing and one read for each header, once, and never fails for a
 * file.
 */
class ReplicaFilesCostTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.remote();
        world.primary.staysInOneWal();
    }

    @Test
    void whatTheListingSaysCostsTheListing() throws Exception {
        world.write(300);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        ReplicaFiles files = database.files(Cancellation.NEVER);
        for (int i = 0; i < files.size(); i++) {
            assertThat(files.file(i).max().value()).isEqualTo(i + 1);
            assertThat(files.isReachable(i)).isTrue();
        }
        assertThat(database.stats().requests().since(before).requests()).isEqualTo(1);
    }

    @Test
    void headersOfFilesThatAreOpenAreKnown() throws Exception {
        world.write(20);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        ReplicaFiles files = database.files(Cancellation.NEVER);
        for (int i = 0; i < files.size(); i++) {
            assertThat(files.header(i)).isPresent();
            assertThat(files.pages(i)).isNotEqualTo(OptionalInt.empty());
        }
        assertThat(database.stats().requests().since(before).requests()).isEqualTo(1);
    }

    @Test
    void eachOtherHeaderIsReadOnceHoweverOftenItIsAskedFor() throws Exception {
        world.write(100);
        world.primary.compact(1);
        ReplicaDatabase database = world.open();
        RequestCounts before = database.stats().requests();
        for (int round = 0; round < 3; round++) {
            ReplicaFiles files = database.files(Cancellation.NEVER);
            for (int i = 0; i < files.size(); i++) {
                assertThat(files.header(i)).isPresent();
            }
        }
        RequestCounts requests = database.stats().requests().since(before);
        // The one on level 1 is what was opened.
        assertThat(requests)
                .extracting(RequestCounts::lists, RequestCounts::reads)
                .containsExactly(3L, 100L);
        assertThat(requests.bytes()).as("nothing but headers").isEqualTo(100L * LtxHeader.BYTES);
    }

    @Test
    void fileThatIsGoneOrDamagedHasNoHeaderAndTheOthersHave() throws Exception {
        world.write(5);
        world.primary.compact(1);
        ReplicaDatabase database = world.open();
        world.replica.put(Level.L0, LtxFileName.of(new Txid(2)), new byte[500], world.time.now());
        ReplicaFiles files = database.files(Cancellation.NEVER);
        world.replica.delete(Level.L0, LtxFileName.of(new Txid(4)));
        assertThat(IntStream.range(0, 4).mapToObj(files::file))
                .allMatch(file -> file.level().equals(Level.L0));
        for (int i : new int[] {0, 2}) {
            assertThat(files.header(i)).isPresent();
            assertThat(files.pages(i)).isPresent();
        }
        for (int i : new int[] {1, 3}) {
            assertThat(files.header(i)).as("file %d", i).isEmpty();
            assertThat(files.pages(i)).as("file %d", i).isEmpty();
        }
    }
}
