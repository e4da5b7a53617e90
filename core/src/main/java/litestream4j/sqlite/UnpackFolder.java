package litestream4j.sqlite;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the native library lies while it is loaded: a folder that nobody else may write to, since what is in it is
 * about to be run. Its name holds the process id, {@code litestream4j-<pid>-<random>}, so that what a killed process
 * left is told from what a living one needs.
 */
final class UnpackFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private static final String PREFIX = "litestream4j-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})-\\d+");

    /** A folder is in use for milliseconds. Younger ones stay: containers may share it and not see each other. */
    static final Duration IN_USE = Duration.ofSeconds(10);

    private final Path path;

    private UnpackFolder(Path path) {
        this.path = path;
    }

    /** Makes one, and sweeps away those of dead processes of the same user. */
    static UnpackFolder create(Path parent) throws IOException {
        Path path = Files.createTempDirectory(
                parent,
                PREFIX + ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            sweep(parent, attributes(path));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot look for what killed processes left in " + parent, e);
        }
        return new UnpackFolder(path);
    }

    private static void sweep(Path parent, PosixFileAttributes own) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                try {
                    if (isLeft(folder, own)) {
                        delete(folder);
                    }
                } catch (IOException e) {
                    // Another process sweeps, too.
                    LOG.log(System.Logger.Level.DEBUG, "cannot sweep away " + folder, e);
                }
            }
        }
    }

    private static boolean isLeft(Path folder, PosixFileAttributes own) throws IOException {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (!name.matches() || ProcessHandle.of(Long.parseLong(name.group(1))).isPresent()) {
            return false;
        }
        PosixFileAttributes its = attributes(folder);
        return its.isDirectory()
                && its.owner().equals(own.owner())
                && its.permissions().equals(own.permissions())
                && its.lastModifiedTime().toInstant().isBefore(Instant.now().minus(IN_USE));
    }

    private static PosixFileAttributes attributes(Path folder) throws IOException {
        return Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    Path path() {
        return path;
    }

    /** Deletes it; a library that was loaded from it stays loaded. */
    @Override
    public void close() throws IOException {
        delete(path);
    }
}
