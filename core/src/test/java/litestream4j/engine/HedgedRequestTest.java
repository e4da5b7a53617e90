package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HedgedRequestTest {
    /** The answers that requests wait for, in the order in which they were begun. */
    private final BlockingQueue<CompletableFuture<String>> begun = new LinkedBlockingQueue<>();

    private final BlockingQueue<HedgedRequest.End> ends = new LinkedBlockingQueue<>();
    private final List<String> unwanted = Collections.synchronizedList(new ArrayList<>());
    private boolean deaf;
    private final HedgedRequest<String> request = new HedgedRequest<>(this::answer, unwanted::add);
    private final FutureTask<String> result = new FutureTask<>(() -> {
        try {
            return request.run();
        } finally {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    });

    @Test
    void oneRequestIsEnoughIfItAnswers() throws Exception {
        begin().complete("first");
        assertThat(result.get()).isEqualTo("first");
        assertThat(beginSecond()).as("too late").isFalse();
        assertThat(begun).isEmpty();
    }

    @Test
    void theSecondAnswersWhenTheFirstHangs() throws Exception {
        CompletableFuture<String> first = begin();
        assertThat(beginSecond()).isTrue();
        begun.take().complete("second");
        assertThat(result.get()).isEqualTo("second");
        assertThat(ends.take()).isEqualTo(HedgedRequest.End.WON);
        assertThat(first).isNotDone();
    }

    @Test
    void theFirstMayStillBeTheFirst() throws Exception {
        CompletableFuture<String> first = begin();
        beginSecond();
        begun.take();
        first.complete("first");
        assertThat(result.get()).isEqualTo("first");
        assertThat(ends.take()).as("the second was interrupted").isEqualTo(HedgedRequest.End.LOST);
    }

    @Test
    void aLateAnswerOfTheSecondIsDisposedOf() throws Exception {
        deaf = true;
        CompletableFuture<String> first = begin();
        beginSecond();
        CompletableFuture<String> second = begun.take();
        first.complete("first");
        assertThat(result.get()).isEqualTo("first");
        second.complete("second");
        assertThat(ends.take()).isEqualTo(HedgedRequest.End.LOST);
        assertThat(unwanted).containsExactly("second");
    }

    @Test
    void aLateAnswerOfTheFirstIsDisposedOf() throws Exception {
        deaf = true;
        CompletableFuture<String> first = begin();
        beginSecond();
        begun.take().complete("second");
        assertThat(ends.take()).isEqualTo(HedgedRequest.End.WON);
        first.complete("first");
        assertThat(result.get()).isEqualTo("second");
        assertThat(unwanted).containsExactly("first");
    }

    @Test
    void theSecondIsWaitedForWhenTheFirstFails() throws Exception {
        CompletableFuture<String> first = begin();
        beginSecond();
        CompletableFuture<String> second = begun.take();
        first.completeExceptionally(new ReplicaException.Unavailable("reset"));
        second.complete("second");
        assertThat(result.get()).isEqualTo("second");
    }

    @Test
    void aFailureOfTheSecondChangesNothing() throws Exception {
        CompletableFuture<String> first = begin();
        beginSecond();
        begun.take().completeExceptionally(new ReplicaException.Unavailable("away"));
        assertThat(ends.take()).isEqualTo(HedgedRequest.End.FAILED);
        first.complete("first");
        assertThat(result.get()).isEqualTo("first");
    }

    @Test
    void ifBothFailTheFirstFailureIsTold() throws Exception {
        CompletableFuture<String> first = begin();
        beginSecond();
        begun.take().completeExceptionally(new ReplicaException.Unavailable("the second"));
        assertThat(ends.take()).isEqualTo(HedgedRequest.End.FAILED);
        Exception failure = new ReplicaException.Unavailable("the first");
        first.completeExceptionally(failure);
        assertThat(failure()).isSameAs(failure);
    }

    @Test
    void aFailureForGoodWaitsForNothing() throws Exception {
        CompletableFuture<String> first = begin();
        beginSecond();
        begun.take();
        Exception failure = new ReplicaException.NotFound("gone");
        first.completeExceptionally(failure);
        assertThat(failure()).isSameAs(failure);
        assertThat(ends.take()).as("the second was interrupted").isEqualTo(HedgedRequest.End.LOST);
    }

    @Test
    void errorsArePassedOnAsTheyAre() throws Exception {
        CompletableFuture<String> first = begin();
        Error failure = new OutOfMemoryError("Java heap space");
        first.completeExceptionally(failure);
        assertThat(failure()).isSameAs(failure);
    }

    @Test
    void thereIsNoThirdRequest() throws Exception {
        CompletableFuture<String> first = begin();
        assertThat(beginSecond()).isTrue();
        assertThat(beginSecond()).isFalse();
        first.complete("first");
        assertThat(result.get()).isEqualTo("first");
    }

    @Test
    void withoutAThreadForTheSecondTheFirstGoesOn() throws Exception {
        CompletableFuture<String> first = begin();
        assertThat(request.beginSecond(
                        _ -> {
                            throw new OutOfMemoryError("unable to create native thread");
                        },
                        ends::add))
                .isFalse();
        first.complete("first");
        assertThat(result.get()).isEqualTo("first");
    }

    private CompletableFuture<String> begin() throws InterruptedException {
        Thread.ofPlatform().daemon().start(result);
        return begun.take();
    }

    private boolean beginSecond() {
        return request.beginSecond(task -> Thread.ofPlatform().daemon().start(task), ends::add);
    }

    /** A client: interrupted, it says so and sets the thread's status again; a deaf one goes on. */
    private String answer() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        begun.add(answer);
        try {
            return deaf ? answer.join() : answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }

    private @Nullable Throwable failure() {
        return catchThrowable(result::get).getCause();
    }
}
