package litestream4j.replica;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A level of a replica: 0 holds single transactions, 1 to 8 merged ones, 9 snapshots.
 *
 * @param number in [0, 9]
 */
public record Level(int number) implements Comparable<Level> {
    /** Single transactions as the primary wrote them. */
    public static final Level L0 = new Level(0);

    /** Snapshots: each file holds the whole database. */
    public static final Level SNAPSHOT = new Level(9);

    /**
     * All levels in the order in which they must be listed: data moves from lower levels to higher ones, so a
     * file that vanished from a level before it was listed is covered by a level that is listed later.
     */
    public static final List<Level> ALL =
            IntStream.rangeClosed(0, 9).mapToObj(Level::new).toList();

    public Level {
        if (number < 0 || number > 9) {
            throw new IllegalArgumentException("level must be in [0, 9]: " + number);
        }
    }

    public boolean isSnapshot() {
        return number == SNAPSHOT.number;
    }

    // See Txid.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Level that && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public int compareTo(Level other) {
        return Integer.compare(number, other.number);
    }

    /** Returns {@code L0} to {@code L9}. */
    @Override
    public String toString() {
        return "L" + number;
    }
}
