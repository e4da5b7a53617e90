package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import litestream4j.replica.MeteredClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: pages that were to be fetched ahead of demand, and for which there was no memory then, can be read at once. */
@Timeout(60)
class AheadWithoutMemoryTest {
    private final EngineWorld world = EngineWorld.remote();

    AheadWithoutMemoryTest() throws Exception {}

    @Test
    void pagesThatWereAlreadyEnteredAreNotWaitedFor() throws Exception {
        world.writeAFileLargerThan(AheadFetcher.WHOLE_MAX_BYTES);
        try (ReplicaDatabase database = world.open()) {
            PageMap pages = database.newest().pages();
            List<Ranges.Frame> frames =
                    List.of(Objects.requireNonNull(pages.frameOf(700)), Objects.requireNonNull(pages.frameOf(800)));
            Calls calls = new Calls(new MeteredClient(world.client), world.time);
            PageFetcher fetcher = new PageFetcher(calls, new HeldContents(0), 0, 1 << 20);
            Askers.Asker asker = fetcher.askers().new Asker();
            assertThatThrownBy(() -> fetcher.fetchAhead(new RunsOut(frames), asker))
                    .isInstanceOf(OutOfMemoryError.class);
            FutureTask<byte[]> read = new FutureTask<>(() -> {
                byte[] page = new byte[world.primary.pageSize().bytes()];
                fetcher.page(frames.getFirst().file(), frames.getFirst().position(), page, Cancellation.NEVER);
                return page;
            });
            Thread.ofPlatform().daemon().start(read);
            assertThat(read.get(10, TimeUnit.SECONDS))
                    .isEqualTo(world.primary.image().page(700));
        }
    }

    /** There is no memory any more when the last one is looked at. */
    private static final class RunsOut extends AbstractList<Ranges.Frame> {
        private final List<Ranges.Frame> frames;

        RunsOut(List<Ranges.Frame> frames) {
            this.frames = frames;
        }

        @Override
        public Ranges.Frame get(int index) {
            if (index == frames.size() - 1) {
                throw new OutOfMemoryError("as it happens");
            }
            return frames.get(index);
        }

        @Override
        public int size() {
            return frames.size();
        }
    }
}
