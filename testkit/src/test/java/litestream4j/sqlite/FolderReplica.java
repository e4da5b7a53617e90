package litestream4j.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import litestream4j.engine.Cancellation;
import litestream4j.engine.Engines;
import litestream4j.engine.Reader;
import litestream4j.engine.Settings;
import litestream4j.ltx.PageSize;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaUrl;
import litestream4j.testkit.MemoryReplica;
import litestream4j.testkit.SimulatedPrimary;

/** A simulated primary whose replica lies in a folder, one second between transactions. */
final class FolderReplica {
    /** The time of the first transaction. */
    static final Instant BEGIN = Instant.parse("2026-01-15T10:30:00Z");

    private final MemoryReplica memory = new MemoryReplica(true);
    private final Path root;
    private Instant now = BEGIN;
    final SimulatedPrimary primary =
            new SimulatedPrimary(memory, new PageSize(512), new SplittableRandom(1), () -> now);

    FolderReplica(Path root) {
        this.root = root;
    }

    void write(int transactions) throws IOException {
        for (int i = 0; i < transactions; i++) {
            store(primary.write());
            now = now.plusSeconds(1);
        }
    }

    private void store(LtxFile file) throws IOException {
        Path folder = root.resolve("ltx").resolve(Integer.toString(file.level().number()));
        Files.createDirectories(folder);
        byte[] content = memory.content(file.level(), file.name()).orElseThrow();
        Path part = Files.write(root.resolve("part"), content);
        Files.move(part, folder.resolve(file.name().toString()));
    }

    /** Opens a reader that polls so seldom that nothing moves by itself. */
    Reader open() throws IOException {
        Settings settings = new Settings(ReplicaUrl.parse(root.toUri().toString()), Duration.ofHours(1), 1 << 20, null);
        return Engines.process().open(settings, _ -> null, Cancellation.NEVER);
    }
}
