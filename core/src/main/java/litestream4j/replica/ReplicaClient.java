package litestream4j.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;

/**
 * Read access to one replica. Small on purpose: retries, counting and faults are decorators around it, so that a
 * storage service has only this to do. There is no way to write through it.
 *
 * <p>Implementations are safe for use by many threads at once, make one attempt per call (no retries of their own),
 * give every request a deadline of about 30 seconds, and end a wait when the calling thread is interrupted
 * ({@link ReplicaException.Interrupted}).
 */
public interface ReplicaClient extends AutoCloseable {
    /** Returns the replica's URL for messages, without user, password, or query. */
    String displayUrl();

    /**
     * Lists a level.
     *
     * @param from lists only files whose first transaction is at or after this one; {@link Txid#NONE} for all
     * @return files in order of {@link LtxFile#BY_NAME}; empty if the level or the replica does not exist. Names of
     *     another form are left out
     * @throws ReplicaException.Denied if the bucket does not exist, or access is refused
     */
    List<LtxFile> list(Level level, Txid from) throws ReplicaException;

    /**
     * Lists all levels, 0 first and 9 last, see {@link Level#ALL}. A store that can do it in fewer requests
     * overrides this.
     */
    default List<LtxFile> listAll() throws ReplicaException {
        List<LtxFile> files = new ArrayList<>();
        for (Level level : Level.ALL) {
            files.addAll(list(level, Txid.NONE));
        }
        return files;
    }

    /**
     * Starts to read a part of a file.
     *
     * @param file as it was listed
     * @param offset first byte, in [0, size)
     * @param length number of bytes, in [1, size - offset]
     * @return a body of exactly {@code length} bytes
     * @throws ReplicaException.NotFound if the file is gone, or was replaced since it was listed
     */
    LtxObject read(LtxFile file, long offset, long length) throws ReplicaException;

    /**
     * Starts to read a whole file that is known by name only, in one request.
     *
     * @return empty if there is no such file
     */
    Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException;

    /**
     * Looks for the layout of Litestream 0.3, which cannot be queried in place.
     *
     * @return the name of a generation, if there is one below {@code generations/}
     */
    Optional<String> findLegacyGeneration() throws ReplicaException;

    /** Tells whether reads cost no network round trip, so that they need no other thread and no read-ahead. */
    default boolean isLocal() {
        return false;
    }

    /** Tells whether there is such a place at all, for messages; a store that cannot tell says yes. */
    default boolean placeExists() {
        return true;
    }

    /** Releases connections; running reads fail. */
    @Override
    void close();
}
