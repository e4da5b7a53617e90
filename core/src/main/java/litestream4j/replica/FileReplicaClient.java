package litestream4j.replica;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;

/**
 * Reads a replica in a folder: {@code ROOT/ltx/<level>/<name>}. A level that has no such folder is looked for
 * under {@code ROOT/<4 hex digits>/} as well, which is how a bucket copied to disk looks.
 *
 * <p>A file's version is its modification time in nanoseconds. The inode is left out: some network file systems give
 * another one at every look, and a replica on them could then never be read.
 *
 * <p>Litestream renames a file to its name first and sets its time afterwards, to that of the last transaction in it,
 * which is whole milliseconds. Whoever came in between would take the file for another one a moment later. So a time
 * of the last minutes with parts of a millisecond does not count, and the one in the header does.
 */
public final class FileReplicaClient implements ReplicaClient {
    private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{16}");

    private static final long NANOS_OF_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Much longer than Litestream takes to set a time, and than clocks are apart. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    private final Path root;
    private final String displayUrl;

    /** What young files are whose time has parts of a millisecond, by what they look like: headers are read once. */
    private final Map<LtxFile, LtxFile> headerTimes = new ConcurrentHashMap<>();

    FileReplicaClient(Path root, String displayUrl) {
        this.root = root;
        this.displayUrl = displayUrl;
    }

    @Override
    public String displayUrl() {
        return displayUrl;
    }

    @Override
    public List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        List<LtxFile> files = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(folderOf(level))) {
            for (Path path : folder) {
                Optional<LtxFileName> name =
                        LtxFileName.parse(path.getFileName().toString());
                if (name.isPresent() && !name.get().min().isBefore(from)) {
                    stat(level, name.get(), path).ifPresent(files::add);
                }
            }
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw FileFailures.translate(Objects.requireNonNull(e.getCause()), displayUrl + ": cannot list " + level);
        } catch (IOException e) {
            throw FileFailures.translate(e, displayUrl + ": cannot list " + level);
        }
        forgetAllBut(level, files);
        files.sort(LtxFile.BY_NAME);
        return files;
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        Objects.checkFromIndexSize(offset, length, file.size());
        Optional<LtxObject> found = open(file.level(), file.name(), offset, length);
        if (found.isEmpty()) {
            throw new ReplicaException.NotFound("%s: %s is gone".formatted(displayUrl, file.label()));
        }
        LtxFile present = found.get().file();
        if (present.equals(file)) {
            return found.get();
        }
        closeQuietly(found.get().body());
        throw new ReplicaException.NotFound("%s: %s was replaced: expected %d bytes of %s, found %d bytes of %s"
                .formatted(
                        displayUrl, file.label(), file.size(), file.createdAt(), present.size(), present.createdAt()));
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        return open(level, name, 0, Long.MAX_VALUE);
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(root.resolve("generations"))) {
            for (Path path : folder) {
                String name = path.getFileName().toString();
                if (GENERATION.matcher(name).matches()) {
                    return Optional.of(name);
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw FileFailures.translate(
                    Objects.requireNonNull(e.getCause()), displayUrl + ": cannot list generations");
        } catch (IOException e) {
            throw FileFailures.translate(e, displayUrl + ": cannot list generations");
        }
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public boolean placeExists() {
        return Files.isDirectory(root);
    }

    @Override
    public void close() {
        // Nothing is held between calls; each running read closes its own file.
    }

    private Optional<LtxObject> open(Level level, LtxFileName name, long offset, long length) throws ReplicaException {
        Path path = folderOf(level).resolve(name.toString());
        String label = displayUrl + ": " + level + "/" + name;
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            // Looked at only now: were the file replaced before, the attributes are those of the replacement, and the
            // caller's comparison with the listing fails whichever of the two is open.
            LtxFile file = stat(level, name, path).orElseThrow(() -> new NoSuchFileException(path.toString()));
            if (channel.size() != file.size()) {
                throw new ReplicaException.Unavailable(label + " changed while it was opened");
            }
            InputStream body = new FileRangeStream(channel, offset, Math.min(length, file.size() - offset), label);
            channel = null;
            return Optional.of(new LtxObject(file, body));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw FileFailures.translate(e, label + ": cannot open");
        } finally {
            if (channel != null) {
                closeQuietly(channel);
            }
        }
    }

    private Optional<LtxFile> stat(Level level, LtxFileName name, Path path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException _) { // Deleted since the folder was read.
            return Optional.empty();
        }
        if (!attributes.isRegularFile()) {
            return Optional.empty();
        }
        LtxFile file = fileOf(level, name, attributes.size(), attributes.lastModifiedTime());
        if (attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) % NANOS_OF_MILLI == 0) {
            return Optional.of(file);
        }
        LtxFile known = headerTimes.get(file);
        if (known == null && isSettled(attributes.lastModifiedTime())) {
            return Optional.of(file);
        }
        if (known == null) {
            known = headerTime(path)
                    .map(time -> fileOf(level, name, file.size(), time))
                    .orElse(file);
            headerTimes.put(file, known);
        }
        return Optional.of(known);
    }

    /** Tells whether a file is so old that its time will not be set any more: its header need not be read. */
    private static boolean isSettled(FileTime modified) {
        return modified.toInstant().isBefore(Instant.now().minus(SETTLED));
    }

    /** Files that a listing from a later transaction leaves out are read again if they are asked for. */
    private void forgetAllBut(Level level, List<LtxFile> listed) {
        Set<LtxFile> present = new HashSet<>(listed);
        headerTimes
                .entrySet()
                .removeIf(entry -> entry.getKey().level().equals(level) && !present.contains(entry.getValue()));
    }

    private static LtxFile fileOf(Level level, LtxFileName name, long size, FileTime time) {
        return new LtxFile(level, name, size, time.toInstant(), Long.toString(time.to(TimeUnit.NANOSECONDS)));
    }

    /** Returns the time in a file's header, if it tells one; not if the file is damaged, or went. */
    private static Optional<FileTime> headerTime(Path path) {
        ByteBuffer header = ByteBuffer.allocate(LtxHeader.BYTES);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            int read = channel.read(header, 0);
            byte[] bytes = Arrays.copyOf(header.array(), Math.max(0, read));
            long millis = LtxHeader.parse(path.toString(), bytes, 0).timestampMillis();
            return millis > 0 ? Optional.of(FileTime.fromMillis(millis)) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private Path folderOf(Level level) {
        Path decimal = root.resolve("ltx").resolve(Integer.toString(level.number()));
        if (Files.isDirectory(decimal)) {
            return decimal;
        }
        Path bucket = root.resolve("%04x".formatted(level.number()));
        return Files.isDirectory(bucket) ? bucket : decimal;
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception _) {
            // The caller has a better error to report, and a file that was only read has nothing to lose.
        }
    }
}
