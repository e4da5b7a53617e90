package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineEventsTest {
    @TempDir
    private Path folder;

    @Test
    void recordingShowsPollsAndPublicationsAndPagesThatWereWaitedFor() throws Exception {
        EngineWorld world = EngineWorld.withoutMemory();
        world.write(3);
        ReplicaDatabase database = world.open();
        List<RecordedEvent> events = recorded(() -> {
            world.write(1);
            world.pollAfter(database, Duration.ofSeconds(1));
            database.page(database.newest(), 1, Cancellation.NEVER);
        });
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .contains("litestream4j.Poll", "litestream4j.Publish", "litestream4j.PageFetch");
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("litestream4j.Publish"))
                .extracting(event -> event.getString("txid"))
                .containsExactly("0000000000000004");
    }

    @Test
    void recordingShowsSecondRequestsAndWhetherTheyCameFirst() throws Exception {
        FakeTime time = new FakeTime();
        StoreSpeed speed = new StoreSpeed(time);
        for (int i = 0; i < Latencies.SAMPLES_MIN; i++) {
            speed.latencies(1000).add(1000);
        }
        LtxFile file = new LtxFile(Level.L0, LtxFileName.of(new Txid(7)), 5000, Instant.EPOCH, "v1");
        // The second one is made at once, on this thread, and so comes before the first, which asks for it.
        Hedging hedging = new Hedging(time, speed, Runnable::run);
        AtomicBoolean asks = new AtomicBoolean();
        Callable<Boolean> request = () -> {
            if (asks.compareAndSet(true, false)) {
                time.advance(Duration.ofSeconds(1));
                hedging.look(file, 500);
            }
            return true;
        };
        List<RecordedEvent> events = recorded(() -> {
            for (int i = 0; i <= HedgeBudget.PRICE; i++) {
                asks.set(i == HedgeBudget.PRICE);
                hedging.call(file, 0, 1000, request, _ -> {});
            }
        });
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("litestream4j.Hedge"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("file")).contains("0000000000000007");
                    assertThat(event.getLong("bytes")).isEqualTo(1000);
                    assertThat(event.getBoolean("won")).isTrue();
                });
    }

    private interface Work {
        void run() throws Exception;
    }

    private List<RecordedEvent> recorded(Work work) throws Exception {
        Path file = folder.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        assertThat(Files.size(file)).isPositive();
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("litestream4j."))
                .toList();
    }
}
