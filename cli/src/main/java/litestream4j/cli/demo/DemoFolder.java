package litestream4j.cli.demo;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of the demo.
 *
 * @param path absolute
 */
public record DemoFolder(Path path) {
    /** Says that the folder is the demo's own, so that another run may empty it. */
    private static final String MARK = "made-by-litestream4j-demo";

    /**
     * Makes the folder, or empties the one of an earlier run.
     *
     * @throws IOException if there is a folder with other things in it; nothing is touched then
     */
    public static DemoFolder prepare(Path folder) throws IOException {
        Path path = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(folder + ": is no folder; name another one", e);
        }
        Path mark = path.resolve(MARK);
        if (Files.exists(mark)) {
            clear(path, mark);
        } else {
            try (Stream<Path> files = Files.list(path)) {
                if (files.findAny().isPresent()) {
                    throw new IOException(folder + ": holds files that are not of the demo; name an empty folder");
                }
            }
            Files.createFile(mark);
        }
        return new DemoFolder(path);
    }

    private static void clear(Path path, Path mark) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(file -> !file.equals(path) && !file.equals(mark))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    Path database() {
        return path.resolve("shop.db");
    }

    String replicaUrl() {
        String url = path.resolve("replica").toUri().toString();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
