package litestream4j.engine;

import java.io.IOException;
import litestream4j.replica.ReplicaClient;

/**
 * Lets a benchmark follow a replica on a thread of its own, so that it knows when a view has been published, and read
 * pages as the VFS does.
 */
public final class Polling {
    private Polling() {}

    /** Opens a replica that is followed by {@link #poll} alone. */
    public static ReplicaDatabase open(ReplicaClient client, Settings settings) throws IOException {
        return ReplicaDatabase.open(client, settings, Cancellation.NEVER, Time.SYSTEM);
    }

    /** Polls once. Called by one thread at a time. */
    public static void poll(ReplicaDatabase database) throws IOException {
        database.poll();
    }

    /**
     * Reads a page into an array.
     *
     * @param into as long as a page of the view
     */
    public static void read(ReplicaDatabase database, Snapshot view, long pgno, byte[] into) throws IOException {
        database.read(view, pgno, into, Cancellation.NEVER);
    }
}
