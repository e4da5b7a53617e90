package litestream4j.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.ForwardingClient;

/** Another client, some of whose reads hang until they are released or interrupted. Safe for all threads. */
final class HoldingClient extends ForwardingClient {
    /** Guarded by this, as what follows. */
    private int toHold;

    private Predicate<LtxFile> which = _ -> true;

    private int held;
    private int releases;
    private int reads;

    /** Files and places in them from which something was read. */
    private final Set<String> places = new HashSet<>();

    private boolean closed;

    HoldingClient(ReplicaClient client) {
        super(client);
    }

    /** Makes the next reads hang. */
    synchronized void hold(int reads) {
        hold(reads, _ -> true);
    }

    /** Makes the next reads of some files hang. */
    synchronized void hold(int reads, Predicate<LtxFile> ofFiles) {
        toHold = reads;
        which = ofFiles;
    }

    /** Returns how many reads hang. */
    synchronized int held() {
        return held;
    }

    /** Returns how many reads were begun. */
    synchronized int reads() {
        return reads;
    }

    /** Returns how many reads began where another one had begun before. */
    synchronized int repeated() {
        return reads - places.size();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Lets all go on that hang, and hold none any more. */
    synchronized void release() {
        toHold = 0;
        releases++;
        notifyAll();
    }

    private synchronized void pass(LtxFile file, long offset) throws ReplicaException {
        reads++;
        places.add(file.label() + " from " + offset);
        if (toHold == 0 || !which.test(file)) {
            return;
        }
        toHold--;
        held++;
        int before = releases;
        try {
            while (releases == before) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted("interrupted while held", e);
        } finally {
            held--;
        }
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        pass(file, offset);
        return super.read(file, offset, length);
    }

    @Override
    public synchronized void close() {
        closed = true;
        super.close();
    }
}
