package litestream4j.interop;

/** What writers beside a real primary have to know. */
final class Primaries {
    /**
     * Leaves checkpoints to the primary, as Litestream's guide advises. Those of a busy writer can fall between two
     * looks of Litestream 0.5.17 at the WAL; it then uploads transactions that never were, which its own
     * {@code restore} shows as well, until its next snapshot.
     */
    static final String NO_CHECKPOINTS = "PRAGMA wal_autocheckpoint = 0";

    private Primaries() {}
}
