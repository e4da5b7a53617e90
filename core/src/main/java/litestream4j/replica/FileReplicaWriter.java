package litestream4j.replica;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import litestream4j.ltx.LtxFileName;

/**
 * Adds files to a replica in a folder, in the layout {@code ROOT/ltx/<level>/<name>}. The modification time of a file
 * is its transactions' time, as readers of this layout expect.
 */
public final class FileReplicaWriter implements ReplicaWriter {
    private final Path root;
    private final String displayUrl;

    FileReplicaWriter(Path root, String displayUrl) {
        this.root = root;
        this.displayUrl = displayUrl;
    }

    @Override
    public void create(Level level, LtxFileName name, Path content, long timestampMillis) throws ReplicaException {
        String label = "%s: cannot create %s/%s".formatted(displayUrl, level, name);
        Path folder = root.resolve("ltx").resolve(Integer.toString(level.number()));
        Path target = folder.resolve(name.toString());
        Path upload = folder.resolve(name + ".tmp");
        try {
            Files.createDirectories(folder);
            copy(content, upload);
            Files.setLastModifiedTime(upload, FileTime.fromMillis(timestampMillis));
            publish(upload, target);
            force(folder);
        } catch (FileAlreadyExistsException e) {
            throw new ReplicaException.Denied(label + ": a file of that name exists already; nothing is replaced", e);
        } catch (IOException e) {
            throw FileFailures.translate(e, label);
        } finally {
            deleteQuietly(upload);
        }
    }

    @Override
    public void close() {
        // Nothing is held between calls.
    }

    private static void copy(Path content, Path upload) throws IOException {
        try (FileChannel source = FileChannel.open(content, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(
                        upload,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            long size = source.size();
            long copied = 0;
            while (copied < size) {
                long moved = source.transferTo(copied, size - copied, target);
                if (moved <= 0) {
                    throw new IOException("the content became shorter while it was copied: " + content.getFileName());
                }
                copied += moved;
            }
            target.force(true);
        }
    }

    /** Gives the upload its name. A link, because it fails when the name is taken, where a rename would replace. */
    private static void publish(Path upload, Path target) throws IOException {
        try {
            Files.createLink(target, upload);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException _) { // File systems without links, such as FAT.
            Files.move(upload, target);
        }
    }

    /** Makes the new name durable; not every system can do that for a folder. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // The file itself is durable; at worst its name is missing after a crash, and is published again.
        }
    }

    private static void deleteQuietly(Path upload) {
        try {
            Files.deleteIfExists(upload);
        } catch (IOException _) {
            // Readers skip names of this form, and the next attempt writes over it.
        }
    }
}
