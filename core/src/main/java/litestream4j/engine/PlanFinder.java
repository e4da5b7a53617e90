package litestream4j.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/**
 * Finds the files of a state for those who read them whole. Times are those in the files' headers, of which a binary
 * search reads a few. A gap or a missing state is believed only after listing three times, since files move to higher
 * levels meanwhile. One thread at a time.
 */
public final class PlanFinder {
    private static final int LISTINGS = 3;
    private static final long RELIST_MILLIS = 50;

    private final Calls calls;
    private final FileTimes times;
    private final Time time;

    /** @param client makes one attempt a call; see {@link RetryingClient} for other uses. Not closed */
    public PlanFinder(ReplicaClient client) {
        this(client, Time.SYSTEM);
    }

    PlanFinder(ReplicaClient client, Time time) {
        this.calls = new Calls(client, time);
        this.times = new FileTimes(calls, new FileFacts(new FileLoader(calls, new HeldContents(0), false)));
        this.time = time;
    }

    /**
     * Finds the files of a target.
     *
     * @param without files that are not to be used, whatever it costs
     * @throws PlanException if nothing leads there; of an empty replica, a layout of Litestream 0.3 included
     * @throws CorruptFileException if a file's header is damaged that tells the time
     */
    public RestorePlan find(Target target, Set<LtxFile> without) throws IOException {
        for (int listing = 1; ; listing++) {
            List<LtxFile> files = calls.listAll();
            try {
                return plan(
                        files.stream().filter(file -> !without.contains(file)).toList(), target);
            } catch (PlanException | ReplicaException.NotFound e) {
                if (files.isEmpty()) {
                    throw legacy().<PlanException>map(legacy -> legacy).orElseGet(this::empty);
                }
                if (listing == LISTINGS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private RestorePlan plan(List<LtxFile> files, Target target) throws IOException {
        Map<LtxFile, Instant> known =
                target instanceof Target.Before(Instant instant) ? times.around(files, instant) : Map.of();
        return RestorePlanner.plan(files, target, file -> known.getOrDefault(file, file.createdAt()));
    }

    private Optional<PlanException.LegacyLayout> legacy() throws IOException {
        return calls.findLegacyGeneration()
                .map(generation -> new PlanException.LegacyLayout(calls.replica(), generation));
    }

    private PlanException empty() {
        return new PlanException.NotAvailable(
                calls.replica() + " holds no files; check the URL, and whether the primary replicates there");
    }

    private void pause() throws ReplicaException {
        try {
            time.sleep(RELIST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(calls.replica() + ": interrupted before listing again", e);
        }
    }
}
