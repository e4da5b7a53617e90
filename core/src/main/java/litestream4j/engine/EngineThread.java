package litestream4j.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread of the engine's own, which keeps no process from ending. A thread is born with the signals blocked that its
 * maker blocks, and the maker may be a thread of a host which will be told of signals by another one, and in another
 * way, later on. So in a foreign host somebody else says how such a thread is started.
 */
public final class EngineThread extends Thread {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /**
     * What the JDK gives a thread by itself. Said here since a JVM in a foreign host makes stacks as large as the
     * host's own, 8 MB as a rule: 256 of them would be 2 GB of address space, which not every process may have.
     */
    private static final long STACK_BYTES = 1024 * 1024;

    /** How a thread is started. */
    @FunctionalInterface
    public interface Starter {
        /**
         * Starts a thread, or gives work to one that there is.
         *
         * @param start does it; to be run once, on this thread
         */
        void start(Runnable start);
    }

    private static volatile Starter starter = Runnable::run;

    EngineThread(String name, Runnable work) {
        super(null, work, name, STACK_BYTES);
        setDaemon(true);
    }

    /** Sets how all threads of the engines of this process are started from now on. */
    public static void startBy(Starter how) {
        starter = how;
    }

    /** Begins work on a thread of its own; if there can be none, it is not done. */
    public static void begin(String name, Runnable work) {
        try {
            new EngineThread(name, work).start();
        } catch (OutOfMemoryError e) { // Out of threads, as a rule.
            LOG.log(System.Logger.Level.DEBUG, name, e);
        }
    }

    static ThreadFactory factory(String prefix) {
        AtomicLong numbers = new AtomicLong();
        return work -> new EngineThread(prefix + numbers.incrementAndGet(), work);
    }

    /** Does what may start threads of this class in another way than by {@link #start}. */
    static void starting(Runnable start) {
        starter.start(start);
    }

    @Override
    public void start() {
        starting(super::start);
    }
}
