package litestream4j.cli.publish;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The file beside a database that says what was published.
 *
 * <p>A file of the replica and this one cannot be written in one step. So the new state is written beside it first, as
 * <em>pending</em>; then the replica's file; then the pending state takes the place of the old one. After a crash in
 * between the replica tells which of the two holds. Needs no lock: a name in the replica can be taken only once, so of
 * two that publish at a time one fails, and its pending state with it.
 */
final class StateFile {
    private final Path file;

    StateFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** Returns the file beside a database. */
    static Path beside(Path database) {
        return Path.of(database + "-litestream4j");
    }

    Path path() {
        return file;
    }

    /** Reads the state; empty if nothing was published yet. */
    Optional<PublishedState> load() throws IOException {
        try {
            return Optional.of(PublishedState.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            throw new PublishException(
                    "%s: cannot be read: %s; remove it and publish to an empty replica".formatted(file, e.getMessage()),
                    e);
        }
    }

    /** A state that may or may not have reached the replica. */
    record Pending(Path file, PublishedState state) {}

    /** Returns the pending states; such as were cut off are removed. */
    List<Pending> pending() throws IOException {
        List<Pending> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(), path -> isPending(path))) {
            for (Path path : files) {
                try {
                    found.add(new Pending(path, PublishedState.decode(Files.readAllBytes(path))));
                } catch (IOException | RuntimeException _) {
                    Files.deleteIfExists(path); // Its file was never written: that comes after it.
                }
            }
        }
        return found;
    }

    /** Writes a new state as pending. */
    Pending prepare(PublishedState state) throws IOException {
        String suffix = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path path = folder().resolve(prefix() + suffix);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(state.encode());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new PublishException(
                    "cannot write the state of publishing beside %s: %s; name another file with --state"
                            .formatted(file, e),
                    e);
        }
        return new Pending(path, state);
    }

    /** Makes a pending state the one that holds. */
    void settle(Pending pending) throws IOException {
        try {
            Files.move(pending.file(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException _) {
            // Another run saw the file in the replica, and did this already.
        }
    }

    /** Forgets a pending state that did not reach the replica. */
    static void drop(Pending pending) throws IOException {
        Files.deleteIfExists(pending.file());
    }

    private boolean isPending(Path path) {
        return path.getFileName().toString().startsWith(prefix());
    }

    private String prefix() {
        return file.getFileName() + ".pending-";
    }

    private Path folder() {
        Path folder = file.getParent();
        return folder == null ? file : folder;
    }
}
