package litestream4j.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import litestream4j.ltx.FrameIndex;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxReader;
import litestream4j.ltx.PageIndex;
import litestream4j.ltx.SnapshotIndex;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;

/**
 * Brings the headers and indexes of files here, each once. Small files come whole, in one request, and are verified
 * by their checksum; of large ones only header and index are read, side by side. Safe for all threads.
 */
final class FileLoader {
    /**
     * Files up to this size are read whole.
     *
     * <p>Basis: a request in the store's own region costs about 15 ms before its first byte, and a stream brings
     * about 80 MB/s, so one request saved pays for 1.2 MB. A fifth of that bounds the waste when the pages are not
     * wanted. To be replaced by the figures of the bench module.
     */
    static final int WHOLE_MAX_BYTES = 256 * 1024;

    /** The least that is read from the end of a large file, as the reference does. */
    private static final int TAIL_MIN_BYTES = 32 * 1024;

    /** What is read with the header of a large file: in a snapshot the first pages, among them the schema. */
    private static final int HEAD_BYTES = 32 * 1024;

    private static final int TAIL_MAX_BYTES = 8 * 1024 * 1024;

    /** The largest index of a snapshot that is read whole at once: larger ones are read in sections, when needed. */
    private static final int SNAPSHOT_TAIL_MAX_BYTES = 1024 * 1024;

    /** An index takes 6 to 10 bytes for each page, and a page some 1 to 4 KB in the file: one part in 100 or less. */
    private static final int INDEX_PART = 100;

    /** The smallest LTX file: without pages. */
    private static final int FILE_MIN_BYTES = 131;

    /**
     * Files loaded side by side. A plan of an hour's transactions then takes one round trip, and one of some thousand
     * no more than a store takes from one client. A large one takes two requests.
     */
    private static final int SIDE_BY_SIDE = 64;

    private final Calls calls;
    private final HeldContents held;
    private final boolean verifiesWhole;
    private final Map<LtxFile, SourceFile> known = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    /**
     * Makes one for an engine.
     *
     * @param verifiesWhole whether large files are read and checked as a whole as well
     */
    FileLoader(Calls calls, HeldContents held, boolean verifiesWhole) {
        this.calls = calls;
        this.held = held;
        this.verifiesWhole = verifiesWhole;
    }

    /**
     * Returns the files with their indexes, in the order given; those known already cost nothing.
     *
     * @throws CorruptFileException if one of them is no valid LTX file, or not what its name says
     */
    List<SourceFile> loadAll(List<LtxFile> files) throws IOException {
        return loadAll(files, _ -> {});
    }

    /** @param firstIsHere told of the first file when it is here, if others were asked for with it; throws nothing */
    List<SourceFile> loadAll(List<LtxFile> files, Consumer<SourceFile> firstIsHere) throws IOException {
        List<LtxFile> missing =
                files.stream().filter(file -> !known.containsKey(file)).toList();
        if (calls.isLocal() || missing.size() <= 1) {
            for (LtxFile file : missing) {
                load(file);
            }
        } else {
            loadSideBySide(missing, missing.getFirst().equals(files.getFirst()) ? firstIsHere : _ -> {});
        }
        List<SourceFile> loaded = new ArrayList<>(files.size());
        for (LtxFile file : files) {
            loaded.add(load(file));
        }
        return loaded;
    }

    private void loadSideBySide(List<LtxFile> files, Consumer<SourceFile> firstIsHere) throws IOException {
        Queue<LtxFile> queue = new ConcurrentLinkedQueue<>(files);
        List<Future<?>> workers = new ArrayList<>();
        try {
            for (int i = 0; i < Math.min(SIDE_BY_SIDE, files.size()); i++) {
                workers.add(Calls.begin(() -> {
                    for (LtxFile file = queue.poll(); file != null; file = queue.poll()) {
                        SourceFile loaded = load(file);
                        if (file.equals(files.getFirst())) {
                            firstIsHere.accept(loaded);
                        }
                    }
                    return true;
                }));
            }
            for (Future<?> worker : workers) {
                calls.join(worker);
            }
        } finally {
            queue.clear();
            workers.forEach(worker -> worker.cancel(true));
        }
    }

    /**
     * Returns a file with its index.
     *
     * @throws CorruptFileException if it is no valid LTX file, or not what its name says, twice in a row
     */
    SourceFile load(LtxFile file) throws IOException {
        SourceFile loaded = known.get(file);
        if (loaded != null) {
            return loaded;
        }
        if (file.size() < FILE_MIN_BYTES) {
            throw new CorruptFileException(
                    file, new LtxFormatException(file.label(), 0, "file size", ">= " + FILE_MIN_BYTES, file.size()));
        }
        try {
            return read(file);
        } catch (LtxFormatException _) {
            // Once more: what was damaged on the way comes whole the second time; what lies damaged does not.
            try {
                return read(file);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file, e);
            }
        }
    }

    private SourceFile read(LtxFile file) throws IOException {
        if (file.size() <= WHOLE_MAX_BYTES) {
            return register(file, calls.read(file, 0, (int) file.size()));
        }
        return verifiesWhole ? readToTheEnd(file) : readEnds(file);
    }

    private SourceFile readEnds(LtxFile file) throws IOException {
        if (calls.isLocal()) {
            return register(file, calls.read(file, 0, HEAD_BYTES), readTail(file));
        }
        Future<byte[]> reading = Calls.begin(() -> calls.read(file, 0, HEAD_BYTES));
        try {
            byte[] tail = readTail(file);
            byte[] head = calls.join(reading);
            SourceFile source = register(file, head, tail);
            held.hold(source, head);
            return source;
        } finally {
            reading.cancel(true);
        }
    }

    /** Reads a large file from end to end, with every check there is; only its index is kept. */
    private SourceFile readToTheEnd(LtxFile file) throws IOException {
        LtxReader reader = new LtxReader(file.label(), new RangedStream(calls, file));
        while (reader.next()) {
            // Each page goes into the checksum.
        }
        checkName(file, reader.header());
        return register(file, reader.header(), reader.index());
    }

    /** Returns the end of a file: with the whole index, unless it is a snapshot with a large one. */
    private byte[] readTail(LtxFile file) throws IOException {
        int guess = tailBytes(file);
        byte[] tail = calls.read(file, file.size() - guess, guess);
        long wanted = PageIndex.entriesBytes(file.label(), tail, file.size()) + PageIndex.FOOTER_BYTES;
        return wanted <= guess || isSnapshot(file) ? tail : readRest(file, tail, wanted);
    }

    private static int tailBytes(LtxFile file) {
        long part = file.size() / INDEX_PART;
        if (isSnapshot(file) && part > SNAPSHOT_TAIL_MAX_BYTES) {
            return SnapshotIndex.SECTION_BYTES;
        }
        return (int) Math.min(file.size(), Math.clamp(part, TAIL_MIN_BYTES, TAIL_MAX_BYTES));
    }

    private static boolean isSnapshot(LtxFile file) {
        return file.min().equals(new Txid(1));
    }

    private byte[] readRest(LtxFile file, byte[] tail, long wanted) throws IOException {
        // Bounded by the file's size, but an index beyond 2 GiB would be one of 200 million pages in one file.
        if (wanted > Integer.MAX_VALUE - 8) {
            throw new LtxFormatException(file.label(), file.size(), "index size", "< 2 GiB", wanted);
        }
        byte[] whole = new byte[(int) wanted];
        int missing = (int) wanted - tail.length;
        System.arraycopy(calls.read(file, file.size() - wanted, missing), 0, whole, 0, missing);
        System.arraycopy(tail, 0, whole, missing, tail.length);
        return whole;
    }

    /**
     * Takes in a file that is here as a whole.
     *
     * @throws CorruptFileException if it is no valid LTX file, or not what its name says, also when read again
     */
    SourceFile adopt(LtxFile file, byte[] content) throws IOException {
        try {
            return register(file, content);
        } catch (LtxFormatException _) {
            return load(file);
        }
    }

    private SourceFile register(LtxFile file, byte[] content) throws LtxFormatException {
        LtxFileContents contents = LtxFileContents.parse(file.name(), file.label(), content);
        SourceFile source = register(file, contents.header(), contents.index());
        held.hold(source, content);
        return source;
    }

    private SourceFile register(LtxFile file, byte[] head, byte[] tail) throws IOException {
        LtxHeader header = LtxHeader.parse(file.label(), head, 0);
        checkName(file, header);
        long wanted = PageIndex.entriesBytes(file.label(), tail, file.size()) + PageIndex.FOOTER_BYTES;
        if (wanted <= tail.length) {
            return register(
                    file, header, PageIndex.parse(file.label(), tail, file.size(), header.commit(), header.pageSize()));
        }
        SnapshotIndex index = new SnapshotIndex(file.label(), header, tail, file.size());
        index.addFrames(head);
        return register(file, header, index);
    }

    private SourceFile register(LtxFile file, LtxHeader header, FrameIndex index) {
        return known.computeIfAbsent(file, _ -> new SourceFile(ids.incrementAndGet(), file, header, index));
    }

    private static void checkName(LtxFile file, LtxHeader header) throws LtxFormatException {
        if (!header.name().equals(file.name())) {
            throw new LtxFormatException(file.label(), 16, "transactions", file.name(), header.name());
        }
    }

    /**
     * Returns the header of a file, without its index if that is not known.
     *
     * @throws CorruptFileException if there is none, or it is not that of the name, twice in a row
     */
    LtxHeader header(LtxFile file) throws IOException {
        SourceFile source = known.get(file);
        if (source != null) {
            return source.header;
        }
        if (file.size() < FILE_MIN_BYTES) {
            return load(file).header;
        }
        try {
            return readHeader(file);
        } catch (LtxFormatException _) {
            try {
                return readHeader(file);
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file, e);
            }
        }
    }

    private LtxHeader readHeader(LtxFile file) throws IOException {
        LtxHeader header = LtxHeader.parse(file.label(), calls.read(file, 0, LtxHeader.BYTES), 0);
        checkName(file, header);
        return header;
    }

    /**
     * Returns how many pages a file holds: a snapshot all of the database, another one as many as its index says. Of a
     * large file the index is read and not kept.
     *
     * @throws CorruptFileException if the file has no valid index, twice in a row
     */
    int countPages(LtxFile file, LtxHeader header) throws IOException {
        SourceFile source = known.get(file);
        if (source != null || file.size() <= TAIL_MIN_BYTES) {
            return load(file).index.size();
        }
        if (header.isSnapshot()) {
            long pages = header.commit().pages();
            return (int) (pages < header.pageSize().lockPage() ? pages : pages - 1);
        }
        try {
            return readIndex(file, header).size();
        } catch (LtxFormatException _) {
            try {
                return readIndex(file, header).size();
            } catch (LtxFormatException e) {
                throw new CorruptFileException(file, e);
            }
        }
    }

    private PageIndex readIndex(LtxFile file, LtxHeader header) throws IOException {
        return PageIndex.parse(file.label(), readTail(file), file.size(), header.commit(), header.pageSize());
    }

    /** Tells whether a file was loaded before, so that it is not read again. */
    boolean isKnown(LtxFile file) {
        return known.containsKey(file);
    }

    /** Returns the files that cost nothing to load again. */
    Collection<SourceFile> known() {
        return known.values();
    }

    /** Forgets the files that a listing of the whole replica does not show any more. */
    void retain(Collection<LtxFile> listed) {
        known.keySet().retainAll(listed instanceof Set ? listed : new HashSet<>(listed));
    }
}
