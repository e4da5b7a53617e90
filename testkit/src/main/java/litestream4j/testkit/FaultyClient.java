package litestream4j.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;

/**
 * Another client in bad weather: requests fail, and answers are wrong in the ways that stores are wrong. All chances
 * come from one random generator, so that the same calls meet the same faults. Safe for all threads, one request at a
 * time.
 */
public final class FaultyClient implements ReplicaClient {
    /** A listing may be of a moment that long ago. */
    private static final Duration STALE_MAX = Duration.ofSeconds(5);

    private final ReplicaClient client;
    private final SplittableRandom random;
    private final Supplier<Instant> clock;
    private final Deque<Listing> listings = new ArrayDeque<>();
    private Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private int onceIn = 1;
    private Consumer<Moment> between = _ -> {};

    /** A listing of one level is in several pages that often; 0 for never. */
    private int pagesOnceIn;

    public FaultyClient(ReplicaClient client, SplittableRandom random, Supplier<Instant> clock) {
        this.client = client;
        this.random = random;
        this.clock = clock;
    }

    /** What can go wrong. */
    public enum Fault {
        /** The request fails and may be repeated. */
        UNAVAILABLE,
        /** The body ends too early. */
        CUT,
        /** A bit of a file that is read as a whole is another one: its checksum tells. */
        FLIP,
        /** The body is from another place in the file. */
        WRONG_RANGE,
        /** A file that is there is said not to be. */
        MISSING,
        /** A listing is of an earlier moment. */
        STALE_LISTING
    }

    /** When something else can happen: before a request, but for the last one. */
    public enum Moment {
        LIST,
        /** The listing of a level goes on. */
        NEXT_PAGE,
        READ,
        FIND,
        /** A file was found by its name. */
        FOUND
    }

    private record Listing(Instant time, List<LtxFile> files) {}

    /** Lets things go wrong, each in one of so many requests. */
    public synchronized void begin(Set<Fault> which, int eachOnceIn) {
        faults = which;
        onceIn = eachOnceIn;
    }

    /** Lets all go well. */
    public synchronized void end() {
        faults = EnumSet.noneOf(Fault.class);
    }

    /** Sets what happens before each request: the rest of the world does not wait for a reader. */
    public synchronized void between(Runnable action) {
        between = moment -> {
            if (moment != Moment.FOUND) {
                action.run();
            }
        };
    }

    /** Sets what happens meanwhile, and lets listings of one level be of several moments. */
    public synchronized void meanwhile(Consumer<Moment> action, int inPagesOnceIn) {
        between = action;
        pagesOnceIn = inPagesOnceIn;
    }

    @Override
    public String displayUrl() {
        return client.displayUrl();
    }

    @Override
    public boolean isLocal() {
        return client.isLocal();
    }

    @Override
    public synchronized List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        begin(Moment.LIST, "list " + level);
        List<LtxFile> rest = client.list(level, from);
        if (pagesOnceIn == 0) {
            return rest;
        }
        List<LtxFile> listed = new ArrayList<>();
        while (rest.size() > 1 && random.nextInt(pagesOnceIn) == 0) {
            // Often shortly before the end: that is where something happens.
            int page = rest.size() - 1 - random.nextInt(Math.min(3, rest.size() - 1));
            listed.addAll(rest.subList(0, page));
            begin(Moment.NEXT_PAGE, "list " + level);
            LtxFileName last = listed.getLast().name();
            rest = client.list(level, from).stream()
                    .filter(file -> file.name().compareTo(last) > 0)
                    .toList();
        }
        listed.addAll(rest);
        return listed;
    }

    @Override
    public synchronized List<LtxFile> listAll() throws ReplicaException {
        List<LtxFile> files = new ArrayList<>();
        for (Level level : Level.ALL) {
            files.addAll(list(level, Txid.NONE));
        }
        Instant now = clock.get();
        listings.removeIf(listing -> listing.time.isBefore(now.minus(STALE_MAX)) || listing.time.isAfter(now));
        if (!listings.isEmpty() && strikes(Fault.STALE_LISTING)) {
            return listings.getFirst().files;
        }
        listings.addLast(new Listing(now, files));
        return files;
    }

    @Override
    public synchronized LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        begin(Moment.READ, file.label());
        if (strikes(Fault.MISSING)) {
            throw new ReplicaException.NotFound(file.label() + " is said to be gone");
        }
        long from = strikes(Fault.WRONG_RANGE) ? random.nextLong(file.size() - length + 1) : offset;
        return damaged(client.read(file, from, length), length == file.size());
    }

    @Override
    public synchronized Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        begin(Moment.FIND, level + "/" + name);
        if (strikes(Fault.MISSING)) {
            return Optional.empty();
        }
        Optional<LtxObject> found = client.find(level, name);
        if (found.isEmpty()) {
            return found;
        }
        between.accept(Moment.FOUND);
        return Optional.of(damaged(found.get(), true));
    }

    @Override
    public synchronized Optional<String> findLegacyGeneration() throws ReplicaException {
        begin(Moment.LIST, "generations/");
        return client.findLegacyGeneration();
    }

    @Override
    public void close() {
        client.close();
    }

    private void begin(Moment moment, String what) throws ReplicaException {
        between.accept(moment);
        if (strikes(Fault.UNAVAILABLE)) {
            throw new ReplicaException.Unavailable(what + ": the store is away");
        }
    }

    private LtxObject damaged(LtxObject object, boolean whole) throws ReplicaException {
        boolean cut = strikes(Fault.CUT);
        boolean flipped = whole && strikes(Fault.FLIP);
        if (!cut && !flipped) {
            return object;
        }
        byte[] body;
        try (object) {
            body = object.body().readAllBytes();
        } catch (IOException e) {
            throw new ReplicaException.Unavailable(object.file().label() + ": " + e.getMessage(), e);
        }
        if (flipped && body.length > 0) {
            body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
        }
        int length = cut ? random.nextInt(body.length + 1) : body.length;
        return new LtxObject(object.file(), new ByteArrayInputStream(body, 0, length));
    }

    private boolean strikes(Fault fault) {
        return faults.contains(fault) && random.nextInt(onceIn) == 0;
    }
}
