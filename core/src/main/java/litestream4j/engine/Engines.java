package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/**
 * The engines of this process: one for each replica, however many connections read it. An engine ends with the last
 * of them. Safe for all threads.
 */
public final class Engines {
    private static final Engines PROCESS = new Engines(ReplicaProviders::connect);

    private final Connector connector;
    private final Map<Key, Shared> engines = new HashMap<>();

    Engines(Connector connector) {
        this.connector = connector;
    }

    /** Makes the client of a replica. */
    interface Connector {
        ReplicaClient connect(ReplicaUrl replica, Environment environment) throws ReplicaException;
    }

    /** Returns the engines of this process. */
    public static Engines process() {
        return PROCESS;
    }

    /**
     * Opens a reader of a replica; starts its engine if this is the first.
     *
     * @param cancellation asked during all waits of the reader, the one for the first snapshot included
     * @throws IOException as {@link ReplicaDatabase#open}
     */
    public Reader open(Settings settings, Environment environment, Cancellation cancellation) throws IOException {
        Lease lease = lease(settings, environment, cancellation);
        boolean opened = false;
        try {
            Reader reader = new Reader(lease.database(), lease::close, cancellation, settings);
            opened = true;
            return reader;
        } finally {
            if (!opened) { // As when there is no memory for one.
                lease.close();
            }
        }
    }

    private Lease lease(Settings settings, Environment environment, Cancellation cancellation) throws IOException {
        Key key = new Key(settings.replica(), settings.verifiesWhole());
        OpenPatience patience = new OpenPatience(settings.openTimeout(), Time.SYSTEM);
        while (true) {
            boolean mine = false;
            Shared shared;
            synchronized (engines) {
                shared = engines.get(key);
                if (shared == null) {
                    mine = true;
                    NothingYet nothing = new NothingYet();
                    shared = new Shared(key, start(settings, environment, patience, nothing, cancellation), nothing);
                    engines.put(key, shared);
                }
                shared.leases++;
            }
            if (mine) {
                shared.opening.run();
            }
            try {
                ReplicaDatabase database = shared.await(patience, cancellation);
                Lease lease = new Lease(this, shared, database, settings.pollInterval());
                database.following().timer().add(settings.pollInterval());
                return lease; // Nothing fails after the wish was made, so that nothing has to take it back.
            } catch (IOException | RuntimeException | Error e) {
                release(shared);
                // The one that opened gave up; this one has not: it opens for itself.
                boolean gaveUp = e instanceof ReplicaException.Interrupted || NothingYet.isReasonOf(e);
                if (mine || !gaveUp || patience.isOver() || cancellation.isCancelled()) {
                    throw e;
                }
            }
        }
    }

    private Callable<ReplicaDatabase> start(
            Settings settings,
            Environment environment,
            OpenPatience patience,
            NothingYet nothing,
            Cancellation cancellation) {
        return () -> {
            ReplicaClient client = connector.connect(settings.replica(), environment);
            return ReplicaDatabase.open(client, settings, patience, nothing, cancellation);
        };
    }

    private void release(Shared shared) {
        boolean last;
        synchronized (engines) {
            last = --shared.leases == 0 || shared.hasFailed();
            if (last) {
                engines.remove(shared.key, shared);
            }
        }
        if (last) {
            shared.close();
        }
    }

    /** What has to be the same for two connections to share an engine. */
    private record Key(ReplicaUrl replica, boolean verifiesWhole) {
        // See Txid.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && replica.equals(that.replica) && verifiesWhole == that.verifiesWhole;
        }

        @Override
        public int hashCode() {
            return 31 * replica.hashCode() + Boolean.hashCode(verifiesWhole);
        }
    }

    /** An engine and the number of those who use it or wait for it. */
    private static final class Shared {
        final Key key;
        final FutureTask<ReplicaDatabase> opening;
        final NothingYet nothing;

        /** Guarded by the map of engines. */
        int leases;

        Shared(Key key, Callable<ReplicaDatabase> start, NothingYet nothing) {
            this.key = key;
            this.opening = new FutureTask<>(start);
            this.nothing = nothing;
        }

        ReplicaDatabase await(OpenPatience patience, Cancellation cancellation) throws IOException {
            try {
                while (true) {
                    if (opening.isDone()) {
                        return opening.get();
                    }
                    if (cancellation.isCancelled()) {
                        throw new ReplicaException.Interrupted("interrupted while the replica was being opened");
                    }
                    nothing.check(patience);
                    try {
                        return opening.get(20, TimeUnit.MILLISECONDS);
                    } catch (TimeoutException _) {
                        // Ask again whether the wait was cancelled.
                    }
                }
            } catch (ExecutionException e) {
                throw asIoException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ReplicaException.Interrupted("interrupted while the replica was being opened", e);
            }
        }

        private static IOException asIoException(@Nullable Throwable cause) {
            return switch (cause) {
                case IOException e -> e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> new IOException("cannot open the replica: " + cause, cause);
            };
        }

        boolean hasFailed() {
            return opening.state() == Future.State.FAILED;
        }

        void close() {
            if (opening.state() == Future.State.SUCCESS) {
                opening.resultNow().close();
            }
        }
    }

    /** The right to use an engine. */
    static final class Lease implements AutoCloseable {
        private final Engines engines;
        private final Shared shared;
        private final ReplicaDatabase database;

        private final Duration pollInterval;

        private Lease(Engines engines, Shared shared, ReplicaDatabase database, Duration pollInterval) {
            this.engines = engines;
            this.shared = shared;
            this.database = database;
            this.pollInterval = pollInterval;
        }

        ReplicaDatabase database() {
            return database;
        }

        @Override
        public void close() {
            database.following().timer().remove(pollInterval);
            engines.release(shared);
        }
    }
}
