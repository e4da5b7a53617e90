package litestream4j.testkit;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/**
 * A replica in memory. Each content that is put has a version of its own, as in a store with generations: a read of a
 * file that was replaced since it was listed is refused. Safe for all threads; a body that is being read does not
 * change.
 */
public final class MemoryReplica implements ReplicaClient {
    private final Map<Level, NavigableMap<LtxFileName, Stored>> levels = new TreeMap<>();
    private final boolean local;
    private long versions;

    /** @param local what {@link #isLocal} says: whether an engine reads on the calling thread */
    public MemoryReplica(boolean local) {
        this.local = local;
        Level.ALL.forEach(level -> levels.put(level, new TreeMap<>()));
    }

    private record Stored(LtxFile file, byte[] content) {}

    /** Adds a file, or replaces the one of that name. */
    public synchronized LtxFile put(Level level, LtxFileName name, byte[] content, Instant createdAt) {
        LtxFile file = new LtxFile(level, name, content.length, createdAt, "v" + ++versions);
        files(level).put(name, new Stored(file, content));
        return file;
    }

    /** Deletes a file; does nothing if it is not there. */
    public synchronized void delete(Level level, LtxFileName name) {
        files(level).remove(name);
    }

    /** Deletes everything. */
    public synchronized void clear() {
        levels.values().forEach(Map::clear);
    }

    /** Returns the content of a file, if it is there. */
    public synchronized Optional<byte[]> content(Level level, LtxFileName name) {
        return Optional.ofNullable(files(level).get(name)).map(Stored::content);
    }

    @Override
    public String displayUrl() {
        return "memory://replica";
    }

    @Override
    public synchronized List<LtxFile> list(Level level, Txid from) {
        List<LtxFile> listed = new ArrayList<>();
        for (Stored stored : files(level).values()) {
            if (!stored.file.min().isBefore(from)) {
                listed.add(stored.file);
            }
        }
        return listed;
    }

    @Override
    public synchronized LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        Objects.checkFromIndexSize(offset, length, file.size());
        Stored stored = files(file.level()).get(file.name());
        if (stored == null) {
            throw new ReplicaException.NotFound(displayUrl() + ": " + file.label() + " is gone");
        }
        if (!stored.file.equals(file)) {
            throw new ReplicaException.NotFound("%s: %s was replaced: expected version %s, found %s"
                    .formatted(displayUrl(), file.label(), file.version(), stored.file.version()));
        }
        return new LtxObject(
                stored.file, new ByteArrayInputStream(stored.content, Math.toIntExact(offset), (int) length));
    }

    @Override
    public synchronized Optional<LtxObject> find(Level level, LtxFileName name) {
        return Optional.ofNullable(files(level).get(name))
                .map(stored -> new LtxObject(stored.file, new ByteArrayInputStream(stored.content)));
    }

    @Override
    public Optional<String> findLegacyGeneration() {
        return Optional.empty();
    }

    @Override
    public boolean isLocal() {
        return local;
    }

    @Override
    public void close() {
        // Stays as it is: the next engine of a test opens it again.
    }

    private NavigableMap<LtxFileName, Stored> files(Level level) {
        return Objects.requireNonNull(levels.get(level));
    }
}
