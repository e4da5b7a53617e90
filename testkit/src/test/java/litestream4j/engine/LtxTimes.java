package litestream4j.engine;

import java.time.Instant;
import java.util.Optional;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.LtxFile;
import litestream4j.testkit.MemoryReplica;

/** The times in the headers of stored files. */
final class LtxTimes {
    private LtxTimes() {}

    /** Returns the time of a file's last transaction; empty if it is not there, or not all of its header. */
    static Optional<Instant> of(MemoryReplica replica, LtxFile file) {
        return replica.content(file.level(), file.name()).flatMap(content -> {
            try {
                return Optional.of(LtxHeader.parse(file.label(), content, 0).timestamp());
            } catch (LtxFormatException _) {
                return Optional.empty();
            }
        });
    }
}
