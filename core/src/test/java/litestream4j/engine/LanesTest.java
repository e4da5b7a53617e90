package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LanesTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();
    private final List<Throwable> refused = new ArrayList<>();

    @Test
    void workBeyondTheLanesWaitsItsTurn() {
        Lanes lanes = new Lanes(2, threads::add);
        for (int i = 0; i < 5; i++) {
            begin(lanes, i);
        }
        assertThat(threads).hasSize(2);
        threads.forEach(Runnable::run);
        assertThat(done).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void laneThatEndedMakesRoomForAnother() {
        Lanes lanes = new Lanes(1, threads::add);
        begin(lanes, 0);
        threads.remove().run();
        begin(lanes, 1);
        threads.remove().run();
        assertThat(done).containsExactly(0, 1);
    }

    @Test
    void workIsRefusedIfThereIsNoThreadAtAll() {
        OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
        Lanes lanes = new Lanes(2, _ -> {
            throw none;
        });
        begin(lanes, 0);
        begin(lanes, 1);
        begin(lanes, 2);
        assertThat(refused).containsExactly(none, none, none);
        assertThat(done).isEmpty();
    }

    @Test
    void workIsDoneByTheLanesThatThereAreIfThereIsNoFurtherThread() {
        Lanes lanes = new Lanes(2, lane -> {
            if (!threads.isEmpty()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            threads.add(lane);
        });
        begin(lanes, 0);
        begin(lanes, 1);
        threads.remove().run();
        assertThat(done).containsExactly(0, 1);
        assertThat(refused).isEmpty();
    }

    private void begin(Lanes lanes, int number) {
        lanes.begin(() -> done.add(number), refused::add);
    }
}
