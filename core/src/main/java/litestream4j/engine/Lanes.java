package litestream4j.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Work side by side, but not more than so much at a time; the rest waits its turn, in order. Safe for all threads.
 */
final class Lanes {
    private final int max;
    private final Consumer<Runnable> starter;

    /** Guarded by itself, as what follows. */
    private final Queue<Work> waiting = new ArrayDeque<>();

    private int running;

    /** @param starter runs what it is given on another thread; may fail, as when there can be no more threads */
    Lanes(int max, Consumer<Runnable> starter) {
        this.max = max;
        this.starter = starter;
    }

    /**
     * Work, and what is done instead if no thread can be had for it.
     *
     * @param run throws nothing
     */
    private record Work(Runnable run, Consumer<Throwable> refused) {}

    /**
     * Begins work now or later; returns at once.
     *
     * @param work throws nothing
     * @param refused run instead if there is no thread for it
     */
    void begin(Runnable work, Consumer<Throwable> refused) {
        synchronized (waiting) {
            waiting.add(new Work(work, refused));
            if (running == max) {
                return;
            }
            running++;
        }
        try {
            starter.accept(this::drain);
        } catch (Throwable e) { // Out of memory, which here means out of threads.
            withoutThread(e);
        }
    }

    /** Leaves the work to the lanes that there are; if there are none, refuses it. */
    private void withoutThread(Throwable reason) {
        List<Work> left;
        synchronized (waiting) {
            running--;
            if (running > 0) {
                return;
            }
            left = new ArrayList<>(waiting);
            waiting.clear();
        }
        left.forEach(work -> work.refused.accept(reason));
    }

    private void drain() {
        while (true) {
            Work work;
            synchronized (waiting) {
                work = waiting.poll();
                if (work == null) {
                    running--;
                    return;
                }
            }
            work.run.run();
        }
    }
}
