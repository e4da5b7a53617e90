package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: a history that overwrites another one file by file is followed, and never mixed with the old one. */
class OverwrittenHistoryTest {
    private EngineWorld world;

    @BeforeEach
    void beginWorld() throws IOException {
        world = EngineWorld.withoutMemory();
    }

    @Test
    void historyThatOverwritesTheOldOneFileByFileIsSwitchedTo() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        world.primary.forkOver(new Txid(5));
        world.write(2);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid())
                .as("7 is new, 8 is of the old history")
                .isEqualTo(new Txid(7));
        world.assertUpToDate(database);
        assertThat(database.lag()).contains(Duration.ZERO);
        for (int i = 0; i < 3; i++) {
            world.write(1);
            world.pollAfter(database, EngineWorld.LIST_INTERVAL);
            world.assertUpToDate(database);
        }
    }

    @Test
    void viewWhoseFilesAreOverwrittenIsLostAndNotMixed() throws Exception {
        world.write(8);
        ReplicaDatabase database = world.open();
        Snapshot old = database.newest();
        world.primary.forkOver(new Txid(5));
        world.primary.rewrite();
        assertThat(world.primary.txid()).isEqualTo(new Txid(6));
        assertThatThrownBy(() -> world.assertExact(database, old)).isInstanceOf(ViewLostException.class);
        world.pollAfter(database, Duration.ofSeconds(1));
        world.assertUpToDate(database);
    }

    @Test
    void oldFileThatWasFoundByNameIsNotMixedWithTheNewHistory() throws Exception {
        world.primary.staysInOneWal();
        world.write(8);
        ReplicaDatabase database = world.open();
        world.write(2);
        world.pollAfter(database, Duration.ofSeconds(1));
        assertThat(database.newest().txid()).isEqualTo(new Txid(10));
        world.primary.forkOver(new Txid(5));
        world.write(4);
        world.pollAfter(database, EngineWorld.LIST_INTERVAL);
        assertThat(database.newest().txid()).isEqualTo(new Txid(9));
        world.assertUpToDate(database);
    }
}
