package litestream4j.testkit;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.jspecify.annotations.Nullable;

/**
 * A primary that writes random pages in place of a real database, and does to its replica what Litestream does:
 * one file for each transaction, compactions, snapshots, retention; and what can happen to a replica: it is begun
 * again, or goes on from an earlier transaction. All of it happens when a method is called, and all choices come
 * from one random generator.
 *
 * <p>It remembers every database that it ever had, see {@link SimulatedMemory}.
 */
public final class SimulatedPrimary {
    private final MemoryReplica replica;
    private final SplittableRandom random;
    private final Supplier<Instant> clock;
    private final SimulatedMemory memory;
    private final SimulatedWal wal = new SimulatedWal();

    /** What the transactions of the present history did. */
    private final NavigableMap<Txid, Transaction> transactions = new TreeMap<>();

    private PageSize pageSize;
    private int pagesMax = 40;
    private boolean leavesHoles;
    private boolean showsUploads;
    private boolean staysInOneWal;
    private @Nullable Upload upload;
    private int eras;
    private long pagesWritten;

    /** @param random also says what is in the pages */
    public SimulatedPrimary(
            MemoryReplica replica, PageSize pageSize, SplittableRandom random, Supplier<Instant> clock) {
        this.replica = replica;
        this.pageSize = pageSize;
        this.random = random;
        this.clock = clock;
        memory = new SimulatedMemory(clock);
        beginWal();
    }

    private record Transaction(DatabaseImage image, SortedSet<Integer> changed, LtxHeader header) {}

    /** A file of which only a part can be seen yet. */
    private record Upload(Level level, LtxFileName name, byte[] content, DatabaseImage image) {}

    /** Sets how far the database grows. */
    public SimulatedPrimary pagesMax(int pages) {
        pagesMax = pages;
        return this;
    }

    /** Lets the database grow over pages that are never written. There are no compactions and snapshots then. */
    public SimulatedPrimary leavesHoles() {
        leavesHoles = true;
        return this;
    }

    /** Lets some files be seen short until the next call, as on stores that publish what is still coming. */
    public SimulatedPrimary showsUploads() {
        showsUploads = true;
        return this;
    }

    /** Never begins another WAL by itself. */
    public SimulatedPrimary staysInOneWal() {
        staysInOneWal = true;
        return this;
    }

    public PageSize pageSize() {
        return pageSize;
    }

    /** Returns the last transaction, {@link Txid#NONE} before the first. */
    public Txid txid() {
        return transactions.isEmpty() ? Txid.NONE : transactions.lastKey();
    }

    /** Returns the database as it is now. */
    public DatabaseImage image() {
        return transactions.isEmpty()
                ? DatabaseImage.EMPTY
                : transactions.lastEntry().getValue().image;
    }

    /** Returns how often the history was broken off: by {@link #reset} or {@link #fork}. */
    public int eras() {
        return eras;
    }

    /** Returns what the primary remembers of all its histories. */
    public SimulatedMemory memory() {
        return memory;
    }

    /** See {@link SimulatedMemory#imageOf}. */
    public Optional<DatabaseImage> imageOf(Txid txid, Instant time) {
        return memory.imageOf(txid, time);
    }

    /** Commits a transaction, and replicates it. */
    public LtxFile write() {
        completeUpload();
        DatabaseImage.Edit edit = image().edit();
        int before = edit.pages();
        int commit = nextCommit(before);
        edit.resize(commit);
        SortedSet<Integer> changed = new TreeSet<>();
        for (int pgno = before + 1; pgno <= commit; pgno++) {
            changed.add(pgno);
        }
        if (leavesHoles && before > 0 && commit > before + 1) {
            changed.remove(before + 1 + random.nextInt(commit - before - 1));
        }
        int share = random.nextInt(40) == 0 ? commit : 1 + random.nextInt(Math.min(commit, 6));
        for (int i = 0; i < share; i++) {
            int pgno = share == commit ? i + 1 : 1 + random.nextInt(commit);
            if (!leavesHoles || pgno <= before) {
                changed.add(pgno);
            }
        }
        changed.forEach(pgno -> edit.set(pgno, newPage()));
        return commit(edit.commit(), changed);
    }

    /** Commits a transaction that writes every page anew, and replicates it. */
    public LtxFile rewrite() {
        return rewrite(1, image().edit().pages());
    }

    /** Commits a transaction that writes the pages from one number to another anew, and replicates it. */
    public LtxFile rewrite(int from, int to) {
        completeUpload();
        DatabaseImage.Edit edit = image().edit();
        SortedSet<Integer> changed = new TreeSet<>();
        for (int pgno = from; pgno <= to; pgno++) {
            edit.set(pgno, newPage());
            changed.add(pgno);
        }
        return commit(edit.commit(), changed);
    }

    private LtxFile commit(DatabaseImage image, SortedSet<Integer> changed) {
        Txid txid = txid().next();
        if (!staysInOneWal && random.nextInt(8) == 0) {
            beginWal();
        }
        LtxHeader header = wal.append(pageSize, image.commit(), txid, memory.stamp(txid, image), changed.size());
        transactions.put(txid, new Transaction(image, changed, header));
        return publish(Level.L0, header, image, changed);
    }

    private int nextCommit(int before) {
        if (before == 0) {
            return 1 + random.nextInt(pagesMax);
        }
        return switch (random.nextInt(10)) {
            case 0, 1 -> Math.min(pagesMax, before + 1 + random.nextInt(1 + before / 2));
            case 2 -> Math.max(1, before - 1 - random.nextInt(1 + before / 2));
            default -> before;
        };
    }

    private byte[] newPage() {
        byte[] page = new byte[pageSize.bytes()];
        // The number makes each one different; the rest is partly random, as some pages can be compressed.
        long number = ++pagesWritten;
        int filled = random.nextInt(page.length / 2) + page.length / 2;
        for (int at = 0; at + Long.BYTES <= filled; at += Long.BYTES) {
            long bytes = at == 0 ? number : random.nextLong();
            for (int i = 0; i < Long.BYTES; i++) {
                page[at + i] = (byte) (bytes >>> (8 * i));
            }
        }
        return page;
    }

    /** Begins another WAL, as after a checkpoint. */
    public void beginWal() {
        wal.begin(random.nextInt());
    }

    /** Begins the WAL of a database that had none, as after a restore: both salts are random. */
    private void beginFirstWal() {
        wal.beginFirst(random.nextInt(), eras);
    }

    /** Merges what level {@code level - 1} has beyond this level into one file, if there is anything. */
    public void compact(int level) {
        completeUpload();
        Txid end = newestOn(new Level(level));
        @Nullable LtxFile first = null;
        @Nullable LtxFile last = null;
        for (LtxFile source : replica.list(new Level(level - 1), end.next())) {
            if (source.max().isAfter(txid())) {
                break; // Left from a history that is being overwritten.
            }
            if (last == null || source.min().equals(last.max().next())) {
                first = first == null ? source : first;
                last = source;
            }
        }
        if (first != null && last != null && !leavesHoles) {
            merge(new Level(level), first.min(), last.max());
        }
    }

    private void merge(Level level, Txid min, Txid max) {
        Transaction end = transactions.get(max);
        if (end == null) {
            return;
        }
        SortedSet<Integer> changed = new TreeSet<>();
        if (min.value() == 1) {
            changed.addAll(allPages(end.image));
        } else {
            transactions.subMap(min, true, max, true).values().forEach(each -> changed.addAll(each.changed));
        }
        LtxHeader header = LtxHeader.noChecksum(pageSize, end.image.commit(), min, max, end.header.timestampMillis());
        publish(level, header, end.image, changed);
    }

    /** Writes a snapshot of the newest state. */
    public void snapshot() {
        completeUpload();
        if (!transactions.isEmpty() && !leavesHoles) {
            Instant time = memory.stamp(txid(), image());
            LtxHeader header =
                    LtxHeader.noChecksum(pageSize, image().commit(), new Txid(1), txid(), time.toEpochMilli());
            publish(Level.SNAPSHOT, header, image(), allPages(image()));
        }
    }

    private LtxFile publish(Level level, LtxHeader header, DatabaseImage image, Collection<Integer> pages) {
        byte[] content = LtxFiles.encode(header, image, pages);
        byte[] seen = content;
        if (showsUploads && random.nextInt(4) == 0) {
            upload = new Upload(level, header.name(), content, image);
            seen = Arrays.copyOf(content, random.nextInt(content.length));
        }
        return put(level, header.name(), seen, image);
    }

    private LtxFile put(Level level, LtxFileName name, byte[] content, DatabaseImage image) {
        LtxFile file = replica.put(level, name, content, clock.get());
        memory.put(file, image);
        return file;
    }

    /** Lets the whole of all files be seen. */
    public void completeUpload() {
        Upload rest = upload;
        upload = null;
        if (rest != null) {
            put(rest.level, rest.name, rest.content, rest.image);
        }
    }

    /** Tells whether only a part of some file can be seen. */
    public boolean isUploading() {
        return upload != null;
    }

    /** Deletes the whole replica: the next transaction is the first one of another database. */
    public void reset(PageSize newPageSize) {
        pageSize = newPageSize;
        upload = null;
        replica.clear();
        transactions.clear();
        eras++;
        beginFirstWal();
    }

    /**
     * Becomes another database, of which the replica gets a snapshot under the number of the last transaction; all
     * files stay. So it is after a database was changed offline, and what Litestream keeps beside it was deleted.
     */
    public void replaceUnderSameTxid(PageSize newPageSize, int pages) {
        completeUpload();
        Txid txid = txid();
        pageSize = newPageSize;
        DatabaseImage.Edit edit = DatabaseImage.EMPTY.edit();
        edit.resize(pages);
        for (int pgno = 1; pgno <= pages; pgno++) {
            edit.set(pgno, newPage());
        }
        DatabaseImage image = edit.commit();
        transactions.clear();
        eras++;
        beginFirstWal();
        LtxHeader header = wal.append(pageSize, image.commit(), txid, memory.stamp(txid, image), 0);
        transactions.put(txid, new Transaction(image, new TreeSet<>(), header));
        snapshot();
    }

    /**
     * Goes on from an earlier transaction: what came after it is deleted from the replica.
     *
     * @param end not {@link Txid#NONE}, at most {@link #txid}
     */
    public void fork(Txid end) {
        forkFrom(end, Level.ALL);
    }

    /**
     * Goes on from an earlier transaction as {@link #fork}, but leaves the files of level 0 that came after it: each is
     * there until the new history overwrites it.
     */
    public void forkOver(Txid end) {
        forkFrom(end, Level.ALL.subList(1, Level.ALL.size()));
    }

    /** Goes on from an earlier transaction as {@link #forkOver}, but leaves the files of all levels. */
    public void forkOverAll(Txid end) {
        forkFrom(end, List.of());
    }

    /**
     * Goes on from an earlier transaction as {@link #forkOver}, but in the WAL that it is from, as after the disk was
     * set back.
     */
    public void forkOverInSameWal(Txid end) {
        forkOver(end);
        wal.goOnAfter(transactions.lastEntry().getValue().header);
    }

    private void forkFrom(Txid end, List<Level> cleared) {
        completeUpload();
        for (Level level : cleared) {
            for (LtxFile file : replica.list(level, Txid.NONE)) {
                if (file.max().isAfter(end)) {
                    replica.delete(level, file.name());
                }
            }
        }
        transactions.tailMap(end, false).clear();
        eras++;
        beginFirstWal();
    }

    private Txid newestOn(Level level) {
        return replica.list(level, Txid.NONE).stream()
                .map(LtxFile::max)
                .max(Txid::compareTo)
                .orElse(Txid.NONE);
    }

    private static List<Integer> allPages(DatabaseImage image) {
        Commit commit = image.commit();
        return LongStream.rangeClosed(1, commit.pages())
                .mapToObj(pgno -> (int) pgno)
                .toList();
    }
}
