package litestream4j.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files of the next transactions on level 0 by their names, as far as they are of the same history beyond
 * doubt. Not thread-safe.
 */
final class NextFiles {
    /** Found in between two publications, so that a long way to catch up shows progress. */
    static final int FILES_MAX = 256;

    /**
     * As long as this a file that was seen is taken to be there still. Whoever sets a disk back and goes on in the same
     * WAL takes longer until a file is overwritten and the next one is there, and nothing in that one tells. Those who
     * write every second or two cost no further requests, others one of a byte for each transaction.
     */
    static final Duration SEEN_MAX = Duration.ofSeconds(2);

    private final Calls calls;
    private final FileLoader loader;
    private final ViewLoader views;
    private final Time time;

    /** When the last file was seen on the replica, at the earliest. */
    private Moment lastSeen;

    /** When the file of the next transaction was last looked for in vain; null if a listing led on since. */
    private @Nullable Moment absent;

    /** The same before this poll. */
    private @Nullable Moment absentBefore;

    /** Tells the rhythm of the last file that was found in this poll: those before it had waited for longer. */
    private @Nullable Runnable note;

    private boolean refused;

    private @Nullable LtxFile unproven;

    private final UploadRhythm rhythm;

    /** @param lastSeen a moment before the first view's last file was loaded */
    NextFiles(Calls calls, FileLoader loader, ViewLoader views, Time time, Moment lastSeen, UploadRhythm rhythm) {
        this.calls = calls;
        this.loader = loader;
        this.views = views;
        this.time = time;
        this.lastSeen = lastSeen;
        this.rhythm = rhythm;
    }

    /** Takes note that another file is the last one now, which was seen at some moment or later. */
    void goOnFrom(Moment seen) {
        lastSeen = seen;
        absent = null;
    }

    /** Tells whether the next file was there when it was last looked for, and could not be taken. */
    boolean isRefused() {
        return refused;
    }

    /** Forgets what was found in the last poll. */
    void beginPoll() {
        unproven = null;
        absentBefore = absent;
        note = null;
    }

    /** Takes note of when the last file came that was found in this poll. */
    void endPoll() {
        if (note != null) {
            note.run();
        }
    }

    /**
     * Tells whether a file is whole and the next one, and need not be of the same history. It was read in this poll, so
     * it is there.
     */
    boolean isUnproven(LtxFile file) {
        return file.equals(unproven);
    }

    /**
     * Asks for files until there is none.
     *
     * @param last of the view
     * @param most files to be found
     * @param into takes what is found, also before a failure
     * @return whether there may be more
     */
    boolean find(SourceFile last, int most, List<SourceFile> into) throws IOException {
        refused = false;
        SourceFile newest = last;
        while (into.size() < most) {
            Optional<SourceFile> found = findAfter(newest);
            if (found.isEmpty()) {
                return false;
            }
            newest = found.get();
            into.add(newest);
        }
        return true;
    }

    /** Returns the file of the next transaction, if it is there and all is as it should be. */
    private Optional<SourceFile> findAfter(SourceFile last) throws IOException {
        LtxFileName name = LtxFileName.of(last.txid().next());
        Moment asked = Moment.now(time);
        Optional<Calls.Found> found = calls.find(Level.L0, name, FileLoader.WHOLE_MAX_BYTES);
        if (found.isEmpty() || views.isDisowned(found.get().file)) {
            absent = asked;
            return Optional.empty();
        }
        try {
            byte[] content = found.get().content;
            LtxFile file = found.get().file;
            SourceFile source = content == null ? loader.load(file) : loader.adopt(file, content);
            if (continues(last.header, source.header) && isStillThere(last)) {
                lastSeen = asked;
                takeNote(source, absentBefore, asked);
                return Optional.of(source);
            }
            unproven = file;
        } catch (CorruptFileException e) {
            // Half an upload, on stores where those can be seen; or damaged for good, and then a higher level
            // may hold its pages some day.
            views.exclude(e);
        } catch (ReplicaException.NotFound _) {
            // It went or was replaced in the same moment: a listing tells more.
        }
        absent = asked; // As good as that: a poll that came a little later would have found it whole.
        refused = true;
        return Optional.empty();
    }

    private void takeNote(SourceFile found, @Nullable Moment absentAt, Moment foundAt) {
        if (absentAt != null) {
            note = () -> rhythm.found(
                    found.header.timestampMillis(),
                    found.file.createdAt().toEpochMilli(),
                    absentAt.nanos(),
                    foundAt.nanos());
        }
    }

    /** Tells whether the last file that was taken is there still, after the next one was read. */
    private boolean isStillThere(SourceFile last) throws IOException {
        return lastSeen.age(time).compareTo(SEEN_MAX) <= 0 || views.isThere(last);
    }

    /**
     * Tells whether a file goes on in the WAL of the primary where the other one ended: then it is the next one of the
     * same history if that one is still there. If not, a listing has to tell whether the replica was begun again in
     * between.
     */
    private static boolean continues(LtxHeader before, LtxHeader next) {
        return next.walSalt1() == before.walSalt1()
                && next.walSalt2() == before.walSalt2()
                && before.walSize() != 0
                && next.walOffset() == before.walOffset() + before.walSize()
                && next.pageSize().equals(before.pageSize());
    }
}
