package litestream4j.sqlite;

import java.nio.channels.Channel;
import litestream4j.engine.EngineThread;
import litestream4j.engine.Engines;
import litestream4j.replica.OwnChannels;

/**
 * What the shim calls in a host that is not a Java program, or in one that knows nothing of this library. Through JNI
 * and not as {@link NativeEntry} does, because nothing has to be linked for it when the host opens its first database:
 * of the time until the first row that was more than half. The price is a call that takes longer: reading a page from
 * the cache, with all that SQLite does for it, took a quarter more processor time than through a pointer. So after many
 * calls a pointer is linked all the same, on a thread of its own, and the shim goes by that.
 */
final class HostEntry {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    /** With so many calls, what a pointer saves of each makes up for the time to link it. Tests do with less. */
    private static final int MANY_CALLS = Integer.getInteger("litestream4j.many-calls", 100_000);

    private static final VfsDispatcher DISPATCHER =
            new VfsDispatcher(Engines.process(), file -> interrupted(file) != 0, true);

    /** As far as threads do not overwrite each other's counts. */
    private static int calls;

    static {
        LeanHeap.startIfOurs();
        if (LeanHeap.isOurs()) { // A JVM of somebody else has his arrangements, and his profilers.
            EngineThread.startBy(HostEntry::startBlockingSignals);
        }
    }

    private HostEntry() {}

    /** {@code int64_t engine_call(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d)} */
    static long call(long op, long a, long b, long c, long d) {
        if (++calls == MANY_CALLS && LeanHeap.isOurs()) {
            EngineThread.begin("litestream-link", HostEntry::linkPointer);
        }
        return DISPATCHER.call(op, a, b, c, d);
    }

    /** Called once the native methods are there, which the initialization of this class may come before. */
    static void bound() {
        if (LeanHeap.isOurs()) { // Whatever another JVM opened, and for whom, is not known.
            OwnChannels.keepBy(HostEntry::closeOnExec);
        }
    }

    /** Calls go by a pointer from then on. */
    private static void linkPointer() {
        try {
            adopt(NativeEntry.engineCall(DISPATCHER).address());
            LOG.log(System.Logger.Level.DEBUG, "calls of the host go by a pointer from now on");
        } catch (Throwable e) { // Nobody waits for it, and calls go on as before.
            LOG.log(System.Logger.Level.DEBUG, "calls stay slow", e);
        }
    }

    /** Gives the shim a pointer to {@code engine_call} that it may call instead, for good. */
    private static native void adopt(long pointer);

    /** Signals are for the threads of the host. */
    private static void startBlockingSignals(Runnable start) {
        blockSignals();
        try {
            start.run();
        } finally {
            restoreSignals();
        }
    }

    /** Blocks those signals on the calling thread that the JVM does not need itself. */
    private static native void blockSignals();

    /** Blocks again what was blocked before, and nothing else. */
    private static native void restoreSignals();

    /** Has a channel closed in programs that the host starts. */
    private static native void closeOnExec(Channel channel);

    /** {@code int64_t litestream4j_interrupted(int64_t file)} */
    private static native long interrupted(long file);
}
