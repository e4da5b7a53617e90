package litestream4j.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * Every database that a {@link SimulatedPrimary} ever had, by transaction and by the time that is stamped on files, and
 * by the files that it put. The times are all different, so that they tell the histories apart.
 */
public final class SimulatedMemory {
    private final Supplier<Instant> clock;
    private final Map<Instant, Stamped> stamped = new HashMap<>();
    private final Map<LtxFile, DatabaseImage> files = new HashMap<>();

    /** Those of the times that were not later than all before, since the clock had been set back. */
    private final Set<Instant> stampedBehind = new HashSet<>();

    private Instant latestStamped = Instant.MIN;

    SimulatedMemory(Supplier<Instant> clock) {
        this.clock = clock;
    }

    private record Stamped(Txid txid, DatabaseImage image) {}

    /** Takes note of a database, and returns the time of it. */
    Instant stamp(Txid txid, DatabaseImage image) {
        Instant time = Instant.ofEpochMilli(clock.get().toEpochMilli());
        while (stamped.containsKey(time)) {
            time = time.plusMillis(1);
        }
        if (time.isBefore(latestStamped)) {
            stampedBehind.add(time);
        } else {
            latestStamped = time;
        }
        stamped.put(time, new Stamped(txid, image));
        return time;
    }

    /** Takes note of a file, and of the database as it was after the file's last transaction. */
    void put(LtxFile file, DatabaseImage image) {
        files.put(file, image);
    }

    /**
     * Returns the database as it was after a transaction.
     *
     * @param time stamped on the file that ends with it
     * @return empty if there never was such a file
     */
    public Optional<DatabaseImage> imageOf(Txid txid, Instant time) {
        return Optional.ofNullable(stamped.get(time))
                .filter(state -> state.txid.equals(txid))
                .map(Stamped::image);
    }

    /**
     * Returns the database as it was after a file's last transaction.
     *
     * @return empty if that version of the file never was
     */
    public Optional<DatabaseImage> imageOf(LtxFile file) {
        return Optional.ofNullable(files.get(file));
    }

    /** Tells whether a time was stamped on a file while the clock was behind what had been stamped before. */
    public boolean wasStampedBehind(Instant time) {
        return stampedBehind.contains(time);
    }

    /** Returns how far the clock is behind what was stamped on files. */
    public Duration clockBehind() {
        Duration behind = Duration.between(clock.get(), latestStamped);
        return behind.isNegative() ? Duration.ZERO : behind;
    }
}
