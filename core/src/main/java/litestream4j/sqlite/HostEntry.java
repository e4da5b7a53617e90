package litestream4j.sqlite;

import litestream4j.engine.EngineThread;
import litestream4j.engine.Engines;

/**
 * What the shim calls in a host that is not a Java program, or in one that knows nothing of this library. Through JNI
 * and not as {@link NativeEntry} does, because nothing has to be linked for it when the host opens its first database:
 * of the time until the first row that was more than half. The price is a call that takes 150 ns longer: reading a page
 * from the cache took 0.95 µs of processor time with all that SQLite does for it, and 0.81 µs through pointers.
 */
final class HostEntry {
    private static final VfsDispatcher DISPATCHER =
            new VfsDispatcher(Engines.process(), file -> interrupted(file) != 0, true);

    static {
        LeanHeap.startIfOurs();
        EngineThread.startBy(HostEntry::startBlockingSignals);
    }

    private HostEntry() {}

    /** {@code int64_t engine_call(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d)} */
    static long call(long op, long a, long b, long c, long d) {
        return DISPATCHER.call(op, a, b, c, d);
    }

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

    /** {@code int64_t litestream4j_interrupted(int64_t file)} */
    private static native long interrupted(long file);
}
