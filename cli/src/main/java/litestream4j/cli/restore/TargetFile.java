package litestream4j.cli.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears whole or not at all: it is written beside its place under another name, which nothing is left of
 * when the work fails or the process is ended by a signal.
 */
public final class TargetFile implements AutoCloseable {
    private static final List<String> JOURNALS = List.of("-wal", "-journal");

    private final Path target;
    private final boolean replaces;
    private final Path draft;
    private final FileChannel channel;
    private final Thread atExit;

    private TargetFile(Path target, boolean replaces, Path draft, FileChannel channel) {
        this.target = target;
        this.replaces = replaces;
        this.draft = draft;
        this.channel = channel;
        this.atExit = new Thread(() -> deleteQuietly(draft), "litestream-clean-up");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Begins a file.
     *
     * @param replaces whether one that is there is replaced
     * @throws FileAlreadyExistsException if there is one and it is not to be replaced, or a journal of SQLite lies
     *     beside it, which SQLite would apply to the new file
     */
    public static TargetFile create(Path file, boolean replaces) throws IOException {
        Path target = file.toAbsolutePath().normalize();
        check(target, replaces);
        Path folder = target.getParent();
        String name = target.getFileName() + ".part-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Path draft = folder == null ? Path.of(name) : folder.resolve(name);
        FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new TargetFile(target, replaces, draft, channel);
    }

    private static void check(Path target, boolean replaces) throws IOException {
        if (Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "is a folder; name a file");
        }
        if (!replaces && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(target);
        }
        for (String suffix : JOURNALS) {
            Path journal = Path.of(target + suffix);
            if (Files.exists(journal) && Files.size(journal) > 0) {
                throw new FileAlreadyExistsException(
                        journal.toString(),
                        null,
                        "belongs to another database of this name, and SQLite would apply it to the restored one;"
                                + " close that database, or move the file away");
            }
        }
    }

    private static FileAlreadyExistsException exists(Path target) {
        return new FileAlreadyExistsException(
                target.toString(), null, "exists already; --force replaces it, once no program has it open");
    }

    /** Returns where to write; for reading too. */
    public FileChannel channel() {
        return channel;
    }

    /** Returns where it lies until it has its name. */
    public Path draft() {
        return draft;
    }

    /** Makes the file durable and gives it its name. */
    public void commit() throws IOException {
        channel.force(true);
        channel.close();
        check(target, replaces);
        if (replaces) {
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            moveToFreeName();
        }
    }

    /** By a link, because it fails when the name is taken, where a rename would replace. */
    private void moveToFreeName() throws IOException {
        try {
            Files.createLink(target, draft);
        } catch (FileAlreadyExistsException _) {
            throw exists(target);
        } catch (IOException | UnsupportedOperationException _) { // File systems without links, such as FAT.
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Removes what is left if the file was not committed. */
    @Override
    public void close() throws IOException {
        channel.close();
        deleteQuietly(draft);
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The process is ending; the hook finds nothing to do.
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (NoSuchFileException _) {
            // Somebody else did it.
        } catch (IOException _) {
            // Nothing more can be done, and the failure that led here is the one to report.
        }
    }
}
