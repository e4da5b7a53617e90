package litestream4j.sqlite;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * Keeps the heap near what lives in it, where the JVM is there for the engine alone. The serial collector lets the old
 * generation grow to its bound before it looks for garbage there: a process in which 30 MB lived was seen to keep more
 * than 80 after some scans. Collecting all of the heap takes some 10 ms then.
 *
 * <p>So all is collected when a quarter more is in use than lived the last time, and once when nothing happens any
 * more. Wakes up after collections only, so that an idle process stays idle.
 */
final class LeanHeap {
    /** Set where the shim started the JVM; a JVM of somebody else is left alone. */
    static final String PROPERTY = "litestream4j.lean-heap";

    /** Below this, collecting all would come too often for the little that there is to gain. */
    private static final long FLOOR_BYTES = 32L * 1024 * 1024;

    /** Not worth a collection at rest. */
    private static final long SLACK_BYTES = 16L * 1024 * 1024;

    /** Without a collection for that long, the process rests. */
    private static final long REST_MILLIS = 5_000;

    private static final long STACK_BYTES = 256 * 1024;

    private final ReferenceQueue<Object> never = new ReferenceQueue<>();

    /** What was in use after all was collected. */
    private long living;

    private LeanHeap() {}

    /** Tells whether the shim started this JVM, for the engine alone. */
    static boolean isOurs() {
        return Boolean.getBoolean(PROPERTY);
    }

    static void startIfOurs() {
        if (isOurs()) {
            LeanHeap heap = new LeanHeap();
            Thread.ofPlatform()
                    .daemon()
                    .stackSize(STACK_BYTES)
                    .name("litestream-heap")
                    .start(heap::watch);
        }
    }

    private void watch() {
        boolean rests = false;
        try {
            while (true) {
                try {
                    boolean isBusy = awaitCollection(rests ? 0 : REST_MILLIS);
                    collectAbove(isBusy ? Math.max(FLOOR_BYTES, living + living / 4) : SLACK_BYTES);
                    rests = !isBusy;
                } catch (OutOfMemoryError _) {
                    never.remove(REST_MILLIS); // Others are told. There may be memory later.
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Nobody does.
        }
    }

    /** Returns whether there was a collection within a time; 0 waits for one. */
    private static boolean awaitCollection(long millis) throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        // Nobody holds the object: the next collection finds it.
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), collected);
        try {
            return collected.remove(millis) != null;
        } finally {
            Reference.reachabilityFence(sentinel);
        }
    }

    private void collectAbove(long limit) {
        if (used() > limit) {
            System.gc();
            living = used();
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
