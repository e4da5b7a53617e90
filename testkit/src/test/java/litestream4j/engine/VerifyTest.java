package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: what each mode of verification promises. Method: one bit is flipped in the middle of the body of a file that is
 * too large to be read whole, in a page's bytes, not in its frame.
 */
class VerifyTest {
    private EngineWorld world;

    @BeforeEach
    void writeALargeFile() throws IOException {
        world = EngineWorld.withoutMemory();
        world.primary.pagesMax(4000);
        do {
            world.primary.reset(new PageSize(512));
            world.write(1);
        } while (first().size() <= FileLoader.WHOLE_MAX_BYTES);
    }

    private LtxFile first() {
        return world.replica.list(Level.L0, Txid.NONE).getFirst();
    }

    private void flipABit() {
        byte[] content = world.replica
                .content(first().level(), first().name())
                .orElseThrow()
                .clone();
        content[content.length / 2] ^= 4;
        world.replica.put(first().level(), first().name(), content, world.time.now());
    }

    private ReplicaDatabase open(boolean verifiesWhole) throws IOException {
        Settings settings = new Settings(
                world.settings.replica(),
                Duration.ofSeconds(1),
                0,
                0,
                Duration.ofSeconds(3),
                null,
                verifiesWhole,
                true);
        return ReplicaDatabase.open(world.client, settings, Cancellation.NEVER, world.time);
    }

    @Test
    void fullRefusesADamagedFileBeforeAnyPageOfItIsServed() {
        flipABit();
        assertThatThrownBy(() -> open(true))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(first().label());
    }

    @Test
    void fullServesAWholeFile() throws Exception {
        world.assertUpToDate(open(true));
    }

    @Test
    void fullDoesNotFollowIntoADamagedFile() throws Exception {
        ReplicaDatabase database = open(true);
        Snapshot before = database.newest();
        world.time.sleep(1);
        LtxFile file = world.primary.rewrite();
        byte[] whole = world.replica.content(file.level(), file.name()).orElseThrow();
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 4;
        world.replica.put(file.level(), file.name(), damaged, world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest()).isSameAs(before);
        world.replica.put(file.level(), file.name(), whole, world.time.now());
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        world.assertUpToDate(database);
    }

    /** What the docs say of the other mode: a page has no checksum of its own, so this cannot be seen. */
    @Test
    void partialCannotSeeAFlippedBitInAPage() throws Exception {
        flipABit();
        ReplicaDatabase database = open(false);
        Snapshot view = database.newest();
        int different = 0;
        int refused = 0;
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            try {
                byte[] page = database.page(view, pgno, Cancellation.NEVER);
                different += Arrays.equals(page, world.primary.image().page(pgno)) ? 0 : 1;
            } catch (ViewLostException _) {
                refused++; // The bit was one of the compression's own.
            }
        }
        assertThat(different + refused).isPositive();
    }
}
