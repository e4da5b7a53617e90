package litestream4j.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * A request, and perhaps a second one for the same, of which the first good answer counts. The loser is interrupted;
 * if its answer comes all the same, it is disposed of.
 *
 * @param <T> the answer
 */
final class HedgedRequest<T> {
    private final Callable<T> request;
    private final Consumer<T> unwanted;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final FutureTask<Boolean> first = new FutureTask<>(this::runFirst);

    /** Of the first request; its thread alone uses it. */
    private @Nullable Throwable failure;

    /** Guarded by this, as what follows. */
    private @Nullable FutureTask<Boolean> second;

    private boolean over;

    /** How a second request ended. */
    enum End {
        /** Its answer was the first good one. */
        WON,
        /** The first request's answer was there before. */
        LOST,
        /** It failed before there was an answer. */
        FAILED
    }

    /**
     * Makes one that has not begun.
     *
     * @param request called once or twice, on two threads at a time
     * @param unwanted disposes of an answer that came too late
     */
    HedgedRequest(Callable<T> request, Consumer<T> unwanted) {
        this.request = request;
        this.unwanted = unwanted;
    }

    /**
     * Makes the first request, on this thread, which nobody else may interrupt meanwhile.
     *
     * @throws Exception that of the first request, if there is no good answer
     */
    T run() throws Exception {
        first.run();
        if (first.isCancelled()) {
            Thread.interrupted(); // That was the second request, and this thread has more to do.
        }
        FutureTask<Boolean> other = end();
        if (other != null) {
            try {
                if (failure instanceof ReplicaException.Unavailable && !answer.isDone()) {
                    await(other); // It is the next attempt, begun already.
                }
            } finally {
                other.cancel(true);
            }
        }
        if (failure != null && answer.completeExceptionally(failure)) {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
        return answer.join();
    }

    private Boolean runFirst() {
        try {
            offer(request.call());
        } catch (Throwable e) { // Whatever it was: who called gets it, or the other answer.
            failure = e;
        }
        return true;
    }

    /**
     * Begins the second request; returns at once.
     *
     * @param starter runs what it is given on another thread
     * @param done told how it ended
     * @return false if there is one already, or the first request is over, or there is no thread for it
     */
    synchronized boolean beginSecond(Consumer<Runnable> starter, Consumer<End> done) {
        if (over || second != null) {
            return false;
        }
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            done.accept(runSecond());
            return true;
        });
        try {
            starter.accept(task);
        } catch (Throwable _) { // Out of memory, which here means out of threads: the first request runs on.
            return false;
        }
        second = task;
        return true;
    }

    private End runSecond() {
        try {
            if (offer(request.call())) {
                first.cancel(true);
                return End.WON;
            }
        } catch (Exception _) {
            // The first request says what is wrong, if it fails as well.
        }
        return answer.isDone() ? End.LOST : End.FAILED;
    }

    /** Tells whether a second request can still be made. */
    synchronized boolean isAlone() {
        return !over && second == null;
    }

    private boolean offer(T got) {
        boolean isFirst = answer.complete(got);
        if (!isFirst) {
            unwanted.accept(got);
        }
        return isFirst;
    }

    private synchronized @Nullable FutureTask<Boolean> end() {
        over = true;
        return second;
    }

    private static void await(FutureTask<Boolean> other) throws ReplicaException.Interrupted {
        try {
            other.get();
        } catch (ExecutionException _) {
            // As good as no answer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted("interrupted while waiting for a second request", e);
        }
    }
}
