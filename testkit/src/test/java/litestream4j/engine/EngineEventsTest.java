package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineEventsTest {
    @TempDir
    private Path folder;

    @Test
    void recordingShowsPollsAndPublicationsAndPagesThatWereWaitedFor() throws IOException {
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

    private interface Work {
        void run() throws IOException;
    }

    private List<RecordedEvent> recorded(Work work) throws IOException {
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
