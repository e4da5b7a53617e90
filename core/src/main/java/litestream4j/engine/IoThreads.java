package litestream4j.engine;

import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads on which the store is called: as many as there are calls at a time, none while there are none. */
final class IoThreads {
    /**
     * How long a thread without work stays. It holds some 250 kB: stack that was touched, a buffer of the socket's, an
     * arena of the allocator; a scan leaves 50 of them, or 250. Making one anew takes less than 0.1 ms, and a query
     * that pauses for longer than this does not notice.
     */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private IoThreads() {}

    /** Makes a pool whose threads keep no process from ending. */
    static ThreadPoolExecutor pool(Duration keepAlive) {
        return new Pool(keepAlive);
    }

    private static final class Pool extends ThreadPoolExecutor {
        Pool(Duration keepAlive) {
            super(
                    0,
                    Integer.MAX_VALUE,
                    keepAlive.toMillis(),
                    TimeUnit.MILLISECONDS,
                    new SynchronousQueue<>(),
                    EngineThread.factory("litestream-io-"));
        }

        @Override
        public void execute(Runnable work) {
            // It may start a thread for that, and it does so past Thread.start.
            EngineThread.starting(() -> super.execute(work));
        }
    }
}
