package litestream4j.engine;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.SnapshotIndex;
import litestream4j.replica.ReplicaException;

/** Reads the sections of large indexes when they are needed, each once. Safe for all threads. */
final class IndexSections {
    /** Parts read for one frame. The second one holds it, as a rule: the first one tells where the entries are. */
    private static final int PARTS_MAX = 16;

    private final Calls calls;
    private final Map<Place, FutureTask<Boolean>> running = new ConcurrentHashMap<>();

    IndexSections(Calls calls) {
        this.calls = calls;
    }

    private record Place(int file, long offset) {}

    /**
     * Sees to it that the place of a frame is known.
     *
     * @throws CorruptFileException if the index is damaged there, also when read again
     */
    void require(SourceFile file, int position) throws IOException {
        for (int parts = 0; !file.index.isKnown(position); parts++) {
            SnapshotIndex index = (SnapshotIndex) file.index;
            SnapshotIndex.Part part = index.partFor(position);
            if (parts == PARTS_MAX || part.length() <= 0) {
                throw new CorruptFileException(
                        file.file,
                        new LtxFormatException(
                                file.label(),
                                part.offset(),
                                "page index",
                                "an entry of page " + index.pgno(position),
                                "none"));
            }
            FutureTask<Boolean> mine = new FutureTask<>(() -> {
                read(file, index, part);
                return true;
            });
            Place place = new Place(file.id, part.offset());
            FutureTask<Boolean> other = running.putIfAbsent(place, mine);
            if (other == null) {
                try {
                    mine.run();
                } finally {
                    running.remove(place);
                }
            }
            try {
                calls.join(other == null ? mine : other);
            } catch (ReplicaException.Interrupted e) {
                if (other == null || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                // The one who read was interrupted, and this one was not.
            }
        }
    }

    private void read(SourceFile file, SnapshotIndex index, SnapshotIndex.Part part) throws IOException {
        try {
            index.add(part.offset(), calls.read(file.file, part.offset(), part.length()));
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            byte[] again = calls.read(file.file, part.offset(), part.length());
            try {
                index.add(part.offset(), again);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file.file, e);
            }
        }
    }
}
